"""Scaling: what is asked, what is refused, and what is left when it fails."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from headway.domain.apps.create import create
from headway.domain.apps.restart import restart
from headway.domain.apps.scale import SCALE, Scale, scale
from headway.domain.operations.cancel import cancel
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import Busy, Failure, Invalid, KeyReused, NotFound
from headway.model.apps import App, Change
from headway.model.operations import Operation, Phase
from headway.store import containers, events
from headway.testing.examples import running_app
from tests.outside import Outside, deployed
from tests.records import a_type


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


def web(amount: int) -> list[Change]:
    return [Change(name="web", amount=amount)]


async def test_containers_come_and_those_that_were_there_stay(
    outside: Outside, world: World, app: App
) -> None:
    before = await outside.rows(app)
    formation, operation = await scale(world, app, web(3), outside.by)
    assert [(kind.name, kind.amount) for kind in formation] == [("web", 3), ("worker", 1)]
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert await outside.labels(app) == ["web-1", "web-2", "web-3", "worker-1"]
    assert set(before) < set(await outside.rows(app))
    assert len(outside.router.changes[-1][1].endpoints) == 3


async def test_to_zero_the_app_is_stopped_and_its_clients_are_told_so(
    outside: Outside, world: World, app: App
) -> None:
    _, operation = await scale(world, app, web(0), outside.by)
    await outside.end_of(operation)
    assert await outside.labels(app) == ["worker-1"]
    assert outside.router.ask("hello-world.localhost").error == "stopped"


async def test_another_size_replaces_the_containers(outside: Outside, world: World, app: App) -> None:
    _, operation = await scale(world, app, [Change(name="worker", size="L")], outside.by)
    await outside.end_of(operation)
    assert [(it.label, it.size) for it in await outside.rows(app)] == [
        ("web-1", "M"),
        ("web-2", "M"),
        ("worker-1", "L"),
    ]
    assert len(await outside.units(app)) == 3


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (Change(name="no-such-type", amount=1), NotFound),
        (Change(name="web", amount=11), Invalid),
        (Change(name="web", amount=-1), Invalid),
        (Change(name="web", size="XXS"), Invalid),
    ],
)
async def test_what_cannot_be_is_refused(
    outside: Outside, world: World, app: App, change: Change, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await scale(world, app, [change], outside.by)


async def test_an_app_that_was_never_deployed_is_scaled_for_the_day_when_it_is(
    outside: Outside, world: World
) -> None:
    app = await create(world, "never-deployed", outside.by)
    _, operation = await scale(world, app, web(2), outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert await outside.units(app) == []
    _, operation = await deployed(world, app, outside.by, "web: serve\n")
    await outside.end_of(operation)
    assert await outside.labels(app) == ["web-1", "web-2"]


async def test_while_it_goes_on_nothing_else_changes_the_app(
    outside: Outside, world: World, app: App
) -> None:
    _, operation = await scale(world, app, web(3), outside.by)
    with pytest.raises(Busy) as refused:
        await restart(world, app, [], outside.by)
    assert (refused.value.holder, refused.value.holder_type) == (operation.id, "app.scale")
    await outside.end_of(operation)


async def test_a_request_that_comes_again_gets_the_formation_and_the_operation_of_the_first(
    outside: Outside, world: World, app: App
) -> None:
    first = await scale(world, app, web(3), outside.by, key="k")
    await outside.end_of(first[1])
    await outside.end_of((await scale(world, app, web(1), outside.by))[1])
    again = await scale(world, app, web(3), outside.by, key="k")
    assert (again[0], again[1].id) == (first[0], first[1].id)
    with pytest.raises(KeyReused):
        await scale(world, app, web(2), outside.by, key="k")


async def test_what_fails_leaves_no_container_behind_and_the_formation_as_it_was(
    outside: Outside, world: World, app: App
) -> None:
    before = (await outside.rows(app), await outside.units(app))
    outside.runtime.fail_next("ready", Failure("crashed-error", "web-3 ended"))
    _, operation = await scale(world, app, web(4), outside.by)
    after = await outside.end_of(operation)
    assert (after.phase, after.detail.code) == (Phase.FAILED, "crashed-error")
    assert (await outside.rows(app), await outside.units(app)) == before
    types = await outside.database.read(lambda tx: containers.types(tx, app.id))
    assert [kind.amount for kind in types] == [2, 1]
    outside.serves("hello-world.localhost")


async def test_what_is_added_gets_variables_that_were_set_since(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"GREETING": "hello"}, outside.by)
    _, operation = await scale(world, app, web(3), outside.by)
    await outside.end_of(operation)
    release_id = (await outside.app(app)).release_id
    assert (await outside.release(release_id)).variables == {"GREETING": "hello"}
    assert [it.label for it in await outside.rows(app) if it.release_id == release_id] == ["web-3"]


async def test_a_release_for_what_did_not_come_is_forgotten(outside: Outside, world: World, app: App) -> None:
    await set_variables(world, app, {"GREETING": "hello"}, outside.by)
    outside.runtime.fail_next("ready", Failure("crashed-error", "web-3 ended"))
    _, operation = await scale(world, app, web(3), outside.by)
    await outside.end_of(operation)
    await only_the_release_that_serves_is_kept(outside, app, operation)


async def test_a_release_for_what_was_cancelled_before_it_began_is_forgotten(outside: Outside) -> None:
    idle, _ = outside.process()
    app = await running_app(idle, outside.by, "hello-world")
    await set_variables(idle, app, {"GREETING": "hello"}, outside.by)
    _, operation = await scale(idle, app, web(3), outside.by)
    assert (await cancel(idle, operation.id, "", by=outside.by)).phase is Phase.CANCELLED
    await only_the_release_that_serves_is_kept(outside, app, operation)


async def only_the_release_that_serves_is_kept(outside: Outside, app: App, operation: Operation) -> None:
    made = msgspec.json.decode(operation.params, type=Scale).release_id
    assert made is not None
    assert made != app.release_id == (await outside.app(app)).release_id
    with pytest.raises(NotFound):
        await outside.release(made)
    assert await outside.release(app.release_id)


async def test_it_is_told_what_the_formation_is_now(outside: Outside, world: World, app: App) -> None:
    _, operation = await scale(world, app, web(3), outside.by)
    await outside.end_of(operation)
    told = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    (scaled,) = [event for event in told if event.name == "app.scaled"]
    assert scaled.data == {
        "before": {"web": "2:M", "worker": "1:M"},
        "containers": {"web": "3:M", "worker": "1:M"},
    }


def test_its_summary_says_what_was_asked() -> None:
    params = Scale(
        app_id=5,
        formation=[a_type(amount=2), a_type(name="worker", amount=0)],
        before=[],
        after=[],
        release_id=None,
    )
    assert SCALE.summary is not None
    assert SCALE.summary(params) == "scale to 2 web, 0 worker"
