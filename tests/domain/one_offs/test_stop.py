"""Stopping a one-off."""

import pytest

from headway.domain.one_offs.start import start
from headway.domain.one_offs.stop import stop, terminated
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import OneOff, Wish
from headway.model.operations import Phase
from headway.store import one_offs
from tests.outside import Outside


async def now(outside: Outside, it: OneOff) -> OneOff:
    return await outside.database.read(lambda tx: one_offs.get(tx, it.id))


@pytest.mark.parametrize("by_label", [True, False])
async def test_it_has_ended_and_how_is_kept(
    outside: Outside, world: World, app: App, detached: OneOff, by_label: bool
) -> None:
    operation = await stop(world, app, detached.label if by_label else show(detached.id), outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    it = await now(outside, detached)
    assert (it.exit_code, it.reason) == (143, "stopped")


async def test_one_that_waits_for_its_terminal_is_stopped(
    outside: Outside, world: World, app: App, attached: OneOff
) -> None:
    operation = await stop(world, app, attached.label, outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    assert (await now(outside, attached)).finished_at is not None


async def test_one_that_has_not_begun_never_will(outside: Outside, app: App) -> None:
    idle, _ = outside.process()
    it, starting = await start(idle, app, Wish(command="work", detached=True), outside.by)
    stopping = await stop(idle, app, it.label, outside.by)
    async with outside.at_work():
        assert (await outside.end_of(stopping)).phase is Phase.SUCCEEDED
        await outside.end_of(starting)
    assert (await now(outside, it)).finished_at is not None
    assert it.label not in [status.label for status in await outside.units(app) if status.state != "ended"]


async def test_stopping_twice_is_stopping_once(outside: Outside, app: App) -> None:
    idle, _ = outside.process()
    it, _ = await start(idle, app, Wish(command="work", detached=True), outside.by)
    both = [await stop(idle, app, it.label, outside.by, key) for key in ("a", "a", "b")]
    assert both[0].id == both[1].id != both[2].id
    async with outside.at_work():
        for operation in both:
            assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED


async def test_only_one_offs_are_stopped(outside: Outside, world: World, app: App) -> None:
    with pytest.raises(Invalid, match="web-1 is not a one-off"):
        await stop(world, app, "web-1", outside.by)
    with pytest.raises(NotFound):
        await stop(world, app, "one-off-9", outside.by)


async def test_of_what_is_not_there_nothing_is_waited_for(world: World) -> None:
    assert await terminated(world, "nothing", 10) is None
