"""The tasks of an app are those of its release."""

from headway.domain.world import World
from headway.model.apps import App
from headway.store import cron_tasks
from tests.domain.cron_tasks.conftest import StandingClock, tasked
from tests.model.test_cron_tasks import DAY, MINUTE, at

FIVE = at("2026-11-22 05:00")
REPORT, MAIL = "0 5 * * * bin/report", "30 5 * * * bin/mail"


async def test_they_are_kept_in_their_order_and_due_at_their_first_time(world: World, app: App) -> None:
    found = await tasked(world, app, REPORT, MAIL)
    told = [(it.position, it.text, it.size, it.next_at, it.last_at) for it in found]
    assert told == [(0, REPORT, "M", FIVE, None), (1, MAIL, "M", FIVE + 30 * MINUTE, None)]


async def test_those_that_a_release_keeps_go_on_and_the_others_are_due_no_more(
    world: World, app: App
) -> None:
    report, mail = await tasked(world, app, REPORT, MAIL)
    await world.database.write(lambda tx: cron_tasks.began(tx, report.id, FIVE, 77, FIVE + DAY))
    found = await tasked(world, app, "15 * * * * bin/other", REPORT)
    assert [(it.text, it.next_at is None) for it in found] == [
        ("15 * * * * bin/other", False),
        (REPORT, False),
        (MAIL, True),
    ]
    assert (found[1].id, found[1].last_at, found[1].last_operation_id) == (report.id, FIVE, 77)
    back = await tasked(world, app, REPORT, MAIL)
    assert [it.id for it in back[:2]] == [report.id, mail.id]
    assert back[1].next_at == FIVE + 30 * MINUTE


async def test_a_run_that_is_due_at_this_moment_is_not_lost(
    world: World, app: App, clock: StandingClock
) -> None:
    await tasked(world, app, REPORT, MAIL)
    clock.at = FIVE + 1
    found = await tasked(world, app, MAIL, REPORT)
    assert [(it.text, it.next_at) for it in found] == [(MAIL, FIVE + 30 * MINUTE), (REPORT, FIVE)]


async def test_a_task_that_comes_back_is_not_due_for_the_time_between(
    world: World, app: App, clock: StandingClock
) -> None:
    await tasked(world, app, REPORT)
    await tasked(world, app)
    clock.at = FIVE + MINUTE
    (it,) = await tasked(world, app, REPORT)
    assert it.next_at == FIVE + DAY


async def test_one_that_was_not_in_force_for_long_is_forgotten(
    world: World, app: App, clock: StandingClock
) -> None:
    (before,) = await tasked(world, app, REPORT)
    clock.at += (world.config.operation_retention_days + 1) * DAY
    assert await tasked(world, app) == []
    (after,) = await tasked(world, app, REPORT)
    assert after.id != before.id
