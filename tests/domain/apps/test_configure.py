"""Settings: what the router is told, and what builds have kept."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from headway.domain.apps.configure import CONFIGURE, configure
from headway.domain.world import World
from headway.errors import Failure, NotFound
from headway.ids import show
from headway.model.apps import App
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


async def test_the_router_does_as_the_settings_say(outside: Outside, world: World, app: App) -> None:
    operation = await configure(world, app, {"force_https": True, "sticky_session": True}, outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    (route,) = await outside.router.routes()
    assert (route.force_https, route.sticky_session) == (True, True)
    after = (await outside.app(app)).settings
    assert (after.force_https, after.sticky_session, after.router_logs) == (True, True, False)


async def test_what_changed_is_told(outside: Outside, world: World, app: App) -> None:
    operation = await outside.end_of(
        await configure(world, app, {"router_logs": True, "force_https": False}, outside.by)
    )
    happened = await outside.database.read(lambda tx: events.of_operation(tx, operation.id))
    assert [it.data for it in happened if it.name == "app.configured"] == [{"router_logs": True}]


async def test_an_unknown_stack_is_not_found(outside: Outside, world: World, app: App) -> None:
    with pytest.raises(NotFound):
        await configure(world, app, {"stack": "no-such-stack"}, outside.by)


async def test_a_failed_change_is_taken_back(outside: Outside, app: App) -> None:
    async def broken(_run: object) -> None:
        raise Failure("broken", "made to fail")

    steps = (*CONFIGURE.steps, msgspec.structs.replace(CONFIGURE.steps[0], do=broken, undo=None))
    catalog = {CONFIGURE.name: msgspec.structs.replace(CONFIGURE, steps=steps)}
    async with outside.at_work(catalog) as world:
        operation = await outside.end_of(await configure(world, app, {"sticky_session": True}, outside.by))
    assert operation.phase is Phase.FAILED
    (route,) = await outside.router.routes()
    assert (route.app_id, route.sticky_session) == (show(app.id), False)
    assert not (await outside.app(app)).sticky_session
