"""Renaming: the address, the record, and what is left when it fails."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.apps.create import create
from headway.domain.apps.rename import rename
from headway.domain.world import World
from headway.errors import Busy, Invalid
from headway.model.apps import App
from headway.model.operations import Phase
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


async def test_the_new_address_leads_to_the_app_and_the_old_one_nowhere(
    outside: Outside, world: World, app: App
) -> None:
    operation = await rename(world, app, "good-morning", outside.by, current="hello-world")
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert (await outside.app(app)).name == "good-morning"
    outside.serves("good-morning.localhost")
    assert outside.router.ask("hello-world.localhost").status == 404


async def test_an_app_that_was_never_deployed_is_renamed_too(outside: Outside, world: World) -> None:
    fresh = await create(world, "never-deployed", outside.by)
    operation = await rename(world, fresh, "still-not-deployed", outside.by, current="never-deployed")
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert await outside.router.routes() == []


@pytest.mark.parametrize(
    ("name", "current", "field"),
    [
        ("hi", "hello-world", "name"),
        ("good-morning", "good-evening", "current_name"),
        ("taken-name", "hello-world", "name"),
    ],
)
async def test_a_wrong_name_is_refused(
    outside: Outside, world: World, app: App, name: str, current: str, field: str
) -> None:
    await create(world, "taken-name", outside.by)
    with pytest.raises(Invalid) as refused:
        await rename(world, app, name, outside.by, current=current)
    assert set(refused.value.fields) == {field}


async def test_where_the_name_is_taken_meanwhile_everything_is_as_before(outside: Outside, app: App) -> None:
    world, _ = outside.process()
    operation = await rename(world, app, "good-morning", outside.by, current="hello-world")
    await create(world, "good-morning", outside.by)
    async with outside.at_work():
        after = await outside.end_of(operation)
    assert (after.phase, after.detail and after.detail.code) == (Phase.FAILED, "record-refused")
    assert (await outside.app(app)).name == "hello-world"
    outside.serves("hello-world.localhost")


async def test_nothing_else_changes_the_app_meanwhile(outside: Outside, app: App) -> None:
    world, _ = outside.process()
    await rename(world, app, "good-morning", outside.by, current="hello-world")
    with pytest.raises(Busy):
        await rename(world, app, "good-evening", outside.by, current="hello-world")
