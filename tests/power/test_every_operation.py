"""Every operation type, with the power cut at every moment: forward, and while it turns back; on both databases.

The world outside (containers, routes, slugs, the database) lives on; the process that acts on it dies at the n-th
thing it does, for n = 1, 2, 3 … until there is nothing left to die at. Then another one starts.
"""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import msgspec
import pytest

from headway.domain.catalog import CATALOG
from headway.domain.deployments.deploy import DEPLOY, Deploy
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.engine.worker import Worker
from headway.errors import Failure
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Event, Operation, Phase
from headway.store import containers, events, one_offs, operations
from headway.testing.examples import EXAMPLES, running_app
from headway.testing.fuse import Fuse
from tests.outside import ENDS, Catalog, Outside, ended, lived

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CUTS_MAX = 200


async def cut_everywhere(
    outside: Outside,
    name: str,
    catalog: Catalog,
    expected: set[Phase],
    meanwhile: Callable[[World, Worker[World], int], Awaitable[None]] | None = None,
) -> None:
    """Run the example of the type again and again, each time dying one thing later."""
    for cut in range(1, CUTS_MAX):
        app = await prepared(outside, name, f"app-{name.partition('.')[2].replace('_', '-')}-{cut}")
        fuse = Fuse(cut, watch=lambda _thing, app=app: outside.serves_by(*EXAMPLES[name].serves(app)))
        survived = await one_life(outside, name, catalog, app, fuse, meanwhile)
        await second_life(outside, catalog, app, accepted_may_be_missing=not survived)
        await consistent(outside, app, expected)
        if survived:
            assert cut > 10, "the fuse was passed too rarely to mean anything"
            return
    raise AssertionError(f"still something to die at after {CUTS_MAX} cuts: {fuse.things}")


async def prepared(outside: Outside, name: str, app_name: str) -> App:
    """An app that serves, and what else the example needs."""
    world = outside.process(CATALOG, Fuse())[0]
    app = await running_app(world, outside.by, app_name)
    if (before := EXAMPLES[name].before) is not None:
        await before(world, app, outside.by)
    return app


async def one_life(outside, name, catalog, app, fuse, meanwhile) -> bool:
    world, worker = outside.process(catalog, fuse)

    async def work() -> None:
        operation = await EXAMPLES[name].submit(world, app, outside.by)
        if meanwhile is not None:
            await meanwhile(world, worker, operation.id)
        await ended(outside, operation.id)

    return await lived(worker, work)


async def second_life(outside: Outside, catalog: Catalog, app, *, accepted_may_be_missing: bool) -> None:
    """What was accepted is finished by the next process, and nothing else is begun."""
    await outside.settled()
    found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
    assert len(found) <= 1
    assert found or accepted_may_be_missing
    _, worker = outside.process(catalog, Fuse())
    for operation in found:
        assert await lived(worker, lambda it=operation: ended(outside, it.id))


async def consistent(outside: Outside, app, expected: set[Phase]) -> None:
    """The invariants of an operation that has ended, and of the app that it was about."""
    found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
    for operation in found:
        assert operation.phase in expected, operation
        assert operation.owner is None
        history = await outside.database.read(lambda tx, it=operation: events.of_operation(tx, it.id))
        told(operation, history)
    gone = any(it.phase is Phase.SUCCEEDED and not EXAMPLES[it.type].leaves_app for it in found)
    rows = await outside.database.read(lambda tx: containers.of_app(tx, app.id))
    there = {it.id: it for it in await outside.runtime.units(show(app.id))}
    # A one-off that has ended stays until its keeper has seen it, and here is none.
    units = {id: it for id, it in there.items() if it.state != "ended"}
    beside = await outside.database.read(lambda tx: one_offs.active(tx, app.id))
    wanted = {show(it.id) for it in [*rows, *beside]} - (set(there) - set(units))
    assert set(units) == wanted, "a container is left over, or missing"
    assert all(it.settled_at is not None for it in beside)
    routes = [it for it in await outside.router.routes() if it.app_id == show(app.id)]
    if gone:
        assert (rows, routes) == ([], []), "something of the app is left over"
        return
    (route,) = routes
    assert {(it.host, it.port) for it in route.endpoints} == {
        units[show(it.id)].address for it in rows if it.type == "web"
    }
    now = await outside.app(app)
    assert route.hostnames == (f"{now.name}.localhost",)
    assert (route.force_https, route.sticky_session) == (now.force_https, now.sticky_session)
    outside.serves(*route.hostnames)
    await branch_agrees(outside, app, found)
    release = now.release_id
    assert all(it.release_id == release or found[0].type == "app.scale" for it in rows if found)


async def branch_agrees(outside: Outside, app: App, found: list[Operation]) -> None:
    """The branch that was pushed is where what serves came from."""
    for operation in found:
        if operation.type == DEPLOY.name:
            origin = msgspec.json.decode(operation.params, type=Deploy).origin
            there = await keep.at(outside.process()[0], app.id, origin.branch)
            assert there == (origin.commit if operation.phase is Phase.SUCCEEDED else origin.before)


def told(operation: Operation, history: list[Event]) -> None:
    """What happened agrees with what is."""
    names = [event.name for event in history]
    assert names[0] == "operation.queued"
    assert names.count("operation.started") == 1
    assert sum(name in ENDS for name in names) == 1
    assert names[-1] == f"operation.{operation.phase.name.lower()}"
    fences = [
        event.data["fence"]
        for event in history
        if event.name in {"operation.started", "operation.taken_over"}
    ]
    assert fences == sorted(set(fences))
    done = [event.data["step"] for event in history if event.name == "operation.step_done"]
    assert done == sorted(set(done)), "a step was recorded twice"
    progress = [event.data["progress"] for event in history if "progress" in event.data]
    assert progress == sorted(progress)
    assert (
        operation.created_at <= (operation.started_at or 0) <= operation.updated_at == operation.finished_at
    )
    assert (operation.phase is Phase.SUCCEEDED) == (operation.detail is None)


def failing_at(type: OperationType[Any, World], index: int) -> OperationType[Any, World]:
    """The same type, but the step does its work and then fails."""
    step = type.steps[index]

    async def do(run: Any) -> None:
        await step.do(run)
        raise Failure("broken", "the step was made to fail")

    steps = (*type.steps[:index], msgspec.structs.replace(step, do=do), *type.steps[index + 1 :])
    return msgspec.structs.replace(type, steps=cast("tuple[Step, ...]", steps))


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(CATALOG)


@pytest.mark.parametrize("name", CATALOG)
async def test_it_succeeds_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    await cut_everywhere(outside, name, CATALOG, {Phase.SUCCEEDED})


@pytest.mark.parametrize("name", CATALOG)
async def test_it_takes_everything_back_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    last = len(CATALOG[name].steps) - 1
    await cut_everywhere(outside, name, {name: failing_at(CATALOG[name], last)}, {Phase.FAILED})


@pytest.mark.parametrize(
    ("name", "index"), [(name, index) for name in CATALOG for index in range(len(CATALOG[name].steps) - 1)]
)
async def test_it_takes_back_what_was_done_before_a_step_that_fails(
    outside: Outside, name: str, index: int
) -> None:
    catalog: Catalog = {name: failing_at(CATALOG[name], index)}
    app = await prepared(outside, name, "app-broken")
    assert await one_life(outside, name, catalog, app, Fuse(), None)
    await consistent(outside, app, {Phase.FAILED})
