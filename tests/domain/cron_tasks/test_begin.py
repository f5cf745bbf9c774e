"""Beginning a run that is due: once, and told when it is too late."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from headway.domain.apps.delete import delete
from headway.domain.cron_tasks.begin import DOWN, NAME, begin
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.cron_tasks import CronTask
from headway.model.operations import Event
from headway.store import cron_tasks, events, one_offs
from tests.domain.cron_tasks.conftest import StandingClock, tasked
from tests.model.test_cron_tasks import DAY, HOUR, MINUTE, at
from tests.outside import Outside

FIVE = at("2026-11-22 05:00")
NowOf = Callable[[CronTask], Awaitable[CronTask]]


async def told(outside: Outside, app: App, name: str) -> list[Event]:
    found = await outside.database.read(lambda tx: events.told_of(tx, f"app:{app.id}", 1000, 0))
    return [it for it in found if it.name == name]


def said(world: World, app: App) -> list[str]:
    return [it.text for it in world.logbook.last(show(app.id), 100, lambda source: source == NAME)]


async def test_a_run_is_a_detached_one_off_of_the_owner_in_the_release_in_force(
    outside: Outside, world: World, app: App, clock: StandingClock, now_of: NowOf
) -> None:
    (task,) = await tasked(world, app, "0 5 * * * bin/report --all")
    clock.at = FIVE + 7
    operation = await begin(world, task.id)
    assert operation is not None
    assert (operation.type, operation.account_id) == ("app.start_one_off", app.owner_id)
    it = await outside.database.read(lambda tx: one_offs.of_operation(tx, operation.id))
    assert (it.command, it.size, it.detached, it.release_id) == (
        "bin/report --all",
        "M",
        True,
        app.release_id,
    )
    run = await outside.database.read(lambda tx: cron_tasks.run(tx, task.id, FIVE))
    assert run is not None
    assert (run.one_off_id, run.operation_id, run.until) == (it.id, operation.id, FIVE + 7 + 12 * HOUR)
    now = await now_of(task)
    assert (now.last_at, now.last_operation_id, now.next_at) == (FIVE + 7, operation.id, FIVE + DAY)
    (event,) = await told(outside, app, "app.cron_task_begun")
    assert (event.operation, event.data["label"], event.data["due_at"]) == (operation.id, "one-off-1", FIVE)
    assert said(world, app) == [
        "one-off-1 runs what is due at 2026-11-22 05:00 UTC: 0 5 * * * bin/report --all"
    ]


async def test_it_is_begun_once_by_however_many_and_not_before_it_is_due(
    outside: Outside, world: World, app: App, clock: StandingClock
) -> None:
    (task,) = await tasked(world, app, "0 5 * * * bin/report")
    assert await begin(world, task.id) is None
    clock.at = FIVE
    worlds = [world, *(outside.process()[0] for _ in range(3))]
    begun = await asyncio.gather(*(begin(it, task.id) for it in worlds))
    assert sum(it is not None for it in begun) == 1
    assert await begin(world, task.id) is None
    assert len(await outside.database.read(one_offs.active)) == 1


async def test_a_minute_that_comes_twice_because_the_clock_was_set_back_is_run_once(
    outside: Outside, world: World, app: App, clock: StandingClock, now_of: NowOf
) -> None:
    (task,) = await tasked(world, app, "0 5 * * * bin/report")
    clock.at = FIVE
    assert await begin(world, task.id) is not None
    clock.at = FIVE - HOUR
    await tasked(world, app, "0 5 * * * bin/report")
    assert (await now_of(task)).next_at == FIVE
    clock.at = FIVE + 1
    assert await begin(world, task.id) is None
    assert (await now_of(task)).next_at == FIVE + DAY
    assert len(await outside.database.read(one_offs.active)) == 1


async def test_what_was_missed_is_told_and_not_made_up_for(
    outside: Outside, world: World, app: App, clock: StandingClock, now_of: NowOf
) -> None:
    (task,) = await tasked(world, app, "*/10 * * * * bin/sync")
    clock.at = FIVE + HOUR + 5 * MINUTE
    assert await begin(world, task.id) is None
    now = await now_of(task)
    assert (now.next_at, now.last_at, now.missed_at, now.missed_why) == (
        FIVE + HOUR + 10 * MINUTE,
        None,
        FIVE + HOUR,
        DOWN,
    )
    (event,) = await told(outside, app, "app.cron_task_missed")
    assert (event.data["first_due_at"], event.data["last_due_at"], event.data["count"]) == (
        FIVE,
        FIVE + HOUR,
        7,
    )
    (line,) = said(world, app)
    assert line.startswith("7 runs, of 2026-11-22 05:00 UTC to 2026-11-22 06:00 UTC, were left out")
    assert line.endswith(f"{DOWN}: */10 * * * * bin/sync")
    assert await outside.database.read(one_offs.active) == []


async def test_of_several_that_were_missed_the_newest_is_begun_if_it_is_not_too_late(
    outside: Outside, world: World, app: App, clock: StandingClock, now_of: NowOf
) -> None:
    (task,) = await tasked(world, app, "0 5 * * * bin/report")
    clock.at = FIVE + DAY + 19 * MINUTE
    assert await begin(world, task.id) is not None
    now = await now_of(task)
    assert (now.missed_at, now.last_at, now.next_at) == (FIVE, clock.at, FIVE + 2 * DAY)
    assert len(await told(outside, app, "app.cron_task_missed")) == 1
    assert len(await outside.database.read(one_offs.active)) == 1


async def test_what_is_refused_is_begun_once_there_is_room_or_was_missed_for_that_reason(
    outside: Outside, world: World, app: App, clock: StandingClock, now_of: NowOf
) -> None:
    (task,) = await tasked(world, app, "0 5 * * * bin/report")
    full = msgspec.structs.replace(world.config, one_offs_per_app_max=0)
    outside.config = full
    no_room = outside.process()[0]
    clock.at = FIVE
    assert await begin(no_room, task.id) is None
    waits = await now_of(task)
    assert waits.next_at == FIVE
    assert "at most 0" in waits.trouble
    clock.at = FIVE + MINUTE
    assert await begin(world, task.id) is not None
    assert (await now_of(task)).trouble == ""
    clock.at = FIVE + DAY
    assert await begin(no_room, task.id) is None
    clock.at += 21 * MINUTE
    assert await begin(no_room, task.id) is None
    missed = await now_of(task)
    assert (missed.missed_at, missed.missed_why, missed.trouble) == (FIVE + DAY, waits.trouble, "")


async def test_nothing_is_begun_in_an_app_that_is_being_deleted_or_is_gone(
    outside: Outside, world: World, app: App, clock: StandingClock
) -> None:
    (task,) = await tasked(world, app, "0 5 * * * bin/report")
    await delete(world, app, app.name, outside.by)
    clock.at = FIVE
    assert await begin(world, task.id) is None
    assert await outside.database.read(one_offs.active) == []
    assert await begin(world, 1) is None
