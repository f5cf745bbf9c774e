"""Ending a run that takes too long."""

from headway.domain.cron_tasks.begin import begin
from headway.domain.cron_tasks.end import end
from headway.domain.one_offs.end import record_end
from headway.domain.world import World
from headway.model.apps import App
from headway.model.cron_tasks import CronRun
from headway.model.one_offs import OVERDUE, STOPPED
from headway.model.operations import Phase
from headway.store import cron_tasks, one_offs
from tests.domain.cron_tasks.conftest import StandingClock, tasked
from tests.model.test_cron_tasks import at
from tests.outside import Outside

FIVE = at("2026-11-22 05:00")


async def a_run(world: World, app: App, clock: StandingClock, command: str) -> CronRun:
    """A run of that, begun at five."""
    clock.at = FIVE - 1
    task = (await tasked(world, app, f"0 5 * * * {command}"))[0]
    clock.at = FIVE
    await begin(world, task.id)
    run = await world.database.read(lambda tx: cron_tasks.run(tx, task.id, FIVE))
    assert run is not None
    return run


async def test_it_is_stopped_by_an_operation_and_says_why(
    outside: Outside, app: App, clock: StandingClock
) -> None:
    async with outside.at_work() as world:
        world.logbook.open()
        run = await a_run(world, app, clock, "work long")
        started = await outside.database.read(lambda tx: one_offs.get(tx, run.one_off_id))
        assert (await outside.end_of_id(started.operation_id)).phase is Phase.SUCCEEDED
        operation = await end(world, run)
        assert operation is not None
        assert (operation.type, operation.account_id) == ("app.stop_one_off", app.owner_id)
        assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
        assert await end(world, run) is None
    it = await outside.database.read(lambda tx: one_offs.get(tx, run.one_off_id))
    assert it.reason == OVERDUE
    assert it.finished_at is not None


async def test_one_that_has_ended_or_is_being_stopped_is_left_alone(
    outside: Outside, world: World, app: App, clock: StandingClock
) -> None:
    run = await a_run(world, app, clock, "work")
    await world.database.write(lambda tx: record_end(tx, run.one_off_id, 0, FIVE))
    assert await end(world, run) is None
    other = await a_run(world, app, clock, "other work")
    await world.database.write(lambda tx: one_offs.because(tx, other.one_off_id, STOPPED))
    assert await end(world, other) is None
    assert await outside.database.read(lambda tx: cron_tasks.overdue(tx, 2 * FIVE)) == []


async def test_one_that_is_forgotten_is_seen_to(world: World, app: App, clock: StandingClock) -> None:
    run = await a_run(world, app, clock, "work")
    lost = CronRun(run.task_id, FIVE + 1, app.id, 1, 1, FIVE + 2)
    await world.database.write(lambda tx: cron_tasks.insert_run(tx, lost))
    assert await end(world, lost) is None
    assert (await world.database.read(lambda tx: cron_tasks.overdue(tx, FIVE + 2))) == []
