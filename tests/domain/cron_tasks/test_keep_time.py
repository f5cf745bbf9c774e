"""Looking at the clock."""

import asyncio

from headway.domain.cron_tasks.keep_time import Timekeeper
from headway.domain.world import World
from headway.model.apps import App
from headway.model.one_offs import OVERDUE
from headway.model.operations import Phase
from headway.store import cron_tasks, one_offs
from tests.domain.cron_tasks.conftest import StandingClock, tasked
from tests.model.test_cron_tasks import DAY, HOUR, MINUTE, at
from tests.outside import Outside

FIVE = at("2026-11-22 05:00")
TEN = "*/10 * * * * work"


async def test_what_is_due_runs_and_what_still_runs_when_the_next_is_due_is_stopped(
    outside: Outside, app: App, clock: StandingClock
) -> None:
    await tasked(outside.process()[0], app, TEN)
    found = []
    for minutes in (0, 10):
        clock.at = FIVE + minutes * MINUTE
        # A new process each time: its clock does not jump while it is at work.
        async with outside.at_work() as world:
            world.logbook.open()
            await Timekeeper(world).look()
            (it,) = [one for one in await outside.database.read(one_offs.active) if not one.reason]
            assert (await outside.end_of_id(it.operation_id)).phase is Phase.SUCCEEDED
            found.append(it)
    first = await outside.database.read(lambda tx: one_offs.get(tx, found[0].id))
    assert (first.reason, found[1].reason) == (OVERDUE, "")
    assert [it.label for it in found] == ["one-off-1", "one-off-2"]


async def test_a_service_begins_what_is_due_until_it_is_stopped(
    outside: Outside, world: World, app: App, clock: StandingClock
) -> None:
    await tasked(world, app, TEN, "0 5 * * * other")
    clock.at = FIVE
    begun, ready, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    forget = outside.database.listen(lambda _: begun.set())
    async with asyncio.TaskGroup() as group:
        group.create_task(Timekeeper(world, look_seconds=0.01).serve(ready, stop))
        async with asyncio.timeout(60):
            while len(await outside.database.read(one_offs.active)) < 2:
                await begun.wait()
                begun.clear()
        stop.set()
    forget()
    assert len(await outside.database.read(one_offs.active)) == 2


async def test_a_clock_that_was_far_ahead_and_was_put_right_leaves_no_task_waiting(
    outside: Outside, world: World, app: App, clock: StandingClock
) -> None:
    clock.at = FIVE + 3650 * DAY
    (task,) = await tasked(world, app, TEN)
    keeper = Timekeeper(world)
    await keeper.look()
    clock.at = FIVE + HOUR - 1
    await keeper.look()
    now = await outside.database.read(lambda tx: cron_tasks.get(tx, task.id))
    assert now.next_at == FIVE + HOUR
    clock.at = FIVE + HOUR
    await keeper.look()
    assert len(await outside.database.read(one_offs.active)) == 1
