"""Rolling back to a release that is kept."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.apps.create import create
from headway.domain.apps.rollback import rollback
from headway.domain.operations.retry import undo
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import Busy, Conflict, NotFound
from headway.model.apps import App
from headway.model.operations import Actor, Phase
from headway.store import events
from tests.outside import Outside, deployed


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside, world: World) -> App:
    """Three releases: v1 and v2, which has another type and other variables, and v3 serves."""
    app = await create(world, "hello-world", outside.by)
    await outside.end_of((await deployed(world, app, outside.by, "web: serve\n", "v1"))[1])
    await set_variables(world, app, {"COLOUR": "red"}, outside.by)
    await outside.end_of((await deployed(world, app, outside.by, "web: serve\nclock: tick\n", "v2"))[1])
    await set_variables(world, app, {"COLOUR": "blue"}, outside.by)
    await outside.end_of((await deployed(world, app, outside.by, "web: serve three\n", "v3"))[1])
    return await outside.app(app)


async def test_the_release_serves_with_the_variables_frozen_with_it(
    outside: Outside, world: World, app: App
) -> None:
    operation = await outside.end_of(await rollback(world, app, 2, outside.by))
    assert operation.phase is Phase.SUCCEEDED
    serving = await outside.release((await outside.app(app)).release_id)
    assert (serving.ref, serving.variables) == ("v2", {"COLOUR": "red"})
    assert {it.release_id for it in await outside.rows(app)} == {serving.id}
    assert await outside.labels(app) == ["web-1"]
    outside.serves("hello-world.localhost")
    happened = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    (told,) = [it for it in happened if it.name == "app.rolled_back"]
    assert (told.data["version"], told.data["ref"]) == (2, "v2")


async def test_without_a_version_it_goes_one_back_and_again_and_then_no_further(
    outside: Outside, world: World, app: App
) -> None:
    for ref in ("v2", "v1"):
        await outside.end_of(await rollback(world, app, None, outside.by))
        assert (await outside.release((await outside.app(app)).release_id)).ref == ref
    with pytest.raises(Conflict, match="no release from before"):
        await rollback(world, app, None, outside.by)


async def test_what_is_not_kept_is_not_found_and_what_serves_is_no_way_back(
    outside: Outside, world: World, app: App
) -> None:
    with pytest.raises(NotFound):
        await rollback(world, app, 9, outside.by)
    with pytest.raises(Conflict, match="serves already"):
        await rollback(world, app, 3, outside.by)


async def test_an_app_that_was_never_deployed_has_nothing_to_go_back_to(
    outside: Outside, world: World
) -> None:
    with pytest.raises(Conflict, match="never deployed"):
        await rollback(world, await create(world, "brand-new", outside.by), None, outside.by)


async def test_it_holds_the_app_and_is_refused_to_strangers(outside: Outside, world: World, app: App) -> None:
    operation = await rollback(world, app, 1, outside.by)
    with pytest.raises(Busy):
        await rollback(world, app, 2, outside.by)
    with pytest.raises(NotFound):
        await rollback(world, app, 2, Actor(account_id=12345, name="nobody"))
    await outside.end_of(operation)


async def test_a_rollback_is_undone_by_going_forth_again(outside: Outside, world: World, app: App) -> None:
    operation = await outside.end_of(await rollback(world, app, 1, outside.by))
    await outside.end_of(await undo(world, operation.id, outside.by))
    assert (await outside.release((await outside.app(app)).release_id)).ref == "v3"


async def test_the_same_key_begins_it_once(outside: Outside, world: World, app: App) -> None:
    first = await rollback(world, app, 1, outside.by, key="once")
    await outside.end_of(first)
    assert (await rollback(world, app, 1, outside.by, key="once")).id == first.id
