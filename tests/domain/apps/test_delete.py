"""Deleting: nothing of the app is served, runs, or is kept."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.apps.create import create
from headway.domain.apps.delete import delete
from headway.domain.collaborators.invite import invite
from headway.domain.one_offs.start import start
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import Busy, Invalid, NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.logs import Line
from headway.model.one_offs import Wish
from headway.model.operations import Phase
from headway.store import apps, operations
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


async def test_nothing_of_it_is_left(outside: Outside, world: World, app: App) -> None:
    await set_variables(world, app, {"A": "b"}, outside.by)
    await invite(world, app, "somebody@example.com", outside.by, is_limited=True)
    world.logbook.open()
    world.logbook.append(show(app.id), [Line(at=1, source="web-1", text="hello")])
    operation = await delete(world, app, "hello-world", outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert await outside.units(app) == []
    assert await outside.router.routes() == []
    assert world.logbook.last(show(app.id), 10, lambda _line: True) == []
    with pytest.raises(NotFound):
        await outside.app(app)


async def test_its_one_offs_end_and_none_begins_any_more(outside: Outside, world: World, app: App) -> None:
    it, starting = await start(world, app, Wish(command="work", detached=True), outside.by)
    await outside.end_of(starting)
    operation = await delete(world, app, "hello-world", outside.by)
    with pytest.raises((Busy, NotFound)):
        await start(world, app, Wish(command="work"), outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    ended = await outside.runtime.ended(show(it.id))
    assert ended is not None
    assert ended.exit_code == 143


async def test_its_operations_stay(outside: Outside, world: World, app: App) -> None:
    operation = await outside.end_of(await delete(world, app, "hello-world", outside.by))
    found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
    assert [it.id for it in found] == [operation.id]


async def test_its_name_is_free_again(outside: Outside, world: World, app: App) -> None:
    await outside.end_of(await delete(world, app, "hello-world", outside.by))
    assert (await create(world, "hello-world", outside.by)).name == "hello-world"


async def test_its_children_have_no_parent(outside: Outside, world: World, app: App) -> None:
    child = await create(world, "child-app", outside.by, parent_id=app.id)
    await outside.end_of(await delete(world, app, "hello-world", outside.by))
    assert (await outside.database.read(lambda tx: apps.get(tx, child.id))).parent_id is None


async def test_another_name_than_its_own_is_refused(outside: Outside, world: World, app: App) -> None:
    with pytest.raises(Invalid) as refused:
        await delete(world, app, "another-app", outside.by)
    assert set(refused.value.fields) == {"current_name"}
