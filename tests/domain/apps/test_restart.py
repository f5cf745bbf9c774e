"""Restarting: which containers are replaced, with which variables, and what is left when it fails."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.apps.create import create
from headway.domain.apps.restart import RESTART, Restart, restart
from headway.domain.apps.scale import scale
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import Busy, Conflict, Failure, NotFound
from headway.model.apps import App, Change, Container
from headway.model.operations import Phase
from headway.store import events
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


def replaced(before: list[Container], after: list[Container]) -> list[str]:
    """The labels whose containers are others now."""
    stayed = {it.id for it in before}
    return [it.label for it in after if it.id not in stayed]


@pytest.mark.parametrize(
    ("scope", "labels"),
    [
        ([], ["web-1", "web-2", "worker-1"]),
        (["web"], ["web-1", "web-2"]),
        (["web-2"], ["web-2"]),
        (["web-1", "worker"], ["web-1", "worker-1"]),
    ],
)
async def test_what_the_scope_names_is_replaced(
    outside: Outside, world: World, app: App, scope: list[str], labels: list[str]
) -> None:
    before = await outside.rows(app)
    operation = await restart(world, app, scope, outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    after = await outside.rows(app)
    assert replaced(before, after) == labels
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]
    (restarted,) = [
        event
        for event in await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
        if event.name == "app.restarted"
    ]
    assert restarted.data == {"scope": scope}


async def test_changed_variables_come_as_a_new_release_of_the_same_slug(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"GREETING": "hello"}, outside.by)
    await outside.end_of(await restart(world, app, [], outside.by))
    old, new = [await outside.release(it.release_id) for it in (app, await outside.app(app))]
    assert (old.version, new.version) == (1, 2)
    assert (old.variables, new.variables) == ({}, {"GREETING": "hello"})
    assert (old.digest, old.processes, old.ref) == (new.digest, new.processes, new.ref)
    assert {it.release_id for it in await outside.rows(app)} == {new.id}


async def test_without_a_change_the_release_stays(outside: Outside, world: World, app: App) -> None:
    await outside.end_of(await restart(world, app, [], outside.by))
    assert (await outside.app(app)).release_id == app.release_id


async def test_a_scope_that_names_nothing_is_not_found(outside: Outside, world: World, app: App) -> None:
    with pytest.raises(NotFound):
        await restart(world, app, ["web", "web-3"], outside.by)


async def test_an_app_without_containers_has_nothing_to_restart(
    outside: Outside, world: World, app: App
) -> None:
    with pytest.raises(Conflict):
        await restart(world, await create(world, "never-deployed", outside.by), [], outside.by)
    none = [Change(name="web", amount=0), Change(name="worker", amount=0)]
    await outside.end_of((await scale(world, app, none, outside.by))[1])
    with pytest.raises(Conflict) as refused:
        await restart(world, app, [], outside.by)
    assert not isinstance(refused.value, Busy)


async def test_a_type_that_runs_no_container_may_be_named(outside: Outside, world: World, app: App) -> None:
    _, operation = await scale(world, app, [Change(name="worker", amount=0)], outside.by)
    await outside.end_of(operation)
    before = await outside.rows(app)
    await outside.end_of(await restart(world, app, ["worker"], outside.by))
    assert await outside.rows(app) == before


async def test_a_request_that_comes_again_gets_the_operation_of_the_first(
    outside: Outside, world: World, app: App
) -> None:
    first = await restart(world, app, [], outside.by, key="k")
    await outside.end_of(first)
    rows = await outside.rows(app)
    assert (await restart(world, app, [], outside.by, key="k")).id == first.id
    assert await outside.rows(app) == rows


async def test_one_that_fails_leaves_the_old_containers_and_forgets_its_release(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"GREETING": "hello"}, outside.by)
    rows = await outside.rows(app)
    outside.runtime.fail_next("ready", Failure("crashed-error", "web-1 ended"))
    operation = await restart(world, app, [], outside.by)
    assert (await outside.end_of(operation)).phase is Phase.FAILED
    assert await outside.rows(app) == rows
    assert {it.label for it in await outside.units(app)} == {"web-1", "web-2", "worker-1"}
    assert (await outside.app(app)).release_id == app.release_id
    await outside.end_of(await restart(world, app, [], outside.by))
    serving = await outside.release((await outside.app(app)).release_id)
    assert serving.version == 2, "the release of the first attempt was kept"
    outside.serves("hello-world.localhost")


@pytest.mark.parametrize(
    ("scope", "summary"), [([], "restart every container"), (["web", "worker-1"], "restart web, worker-1")]
)
def test_its_summary_says_what_was_asked(scope: list[str], summary: str) -> None:
    assert RESTART.summary is not None
    assert RESTART.summary(Restart(app_id=5, scope=scope, release_id=8, before=[], after=[])) == summary
