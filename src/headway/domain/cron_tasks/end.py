"""End a run whose time is over: its next one is due, or it has run for twelve hours."""

from headway.domain.cron_tasks.begin import NAME
from headway.domain.logs.say import say
from headway.domain.one_offs.stop import STOP, Stop
from headway.domain.world import World
from headway.errors import NotFound
from headway.ids import show
from headway.model.cron_tasks import CronRun
from headway.model.one_offs import OVERDUE
from headway.model.operations import Actor, Operation
from headway.store import cron_tasks, one_offs
from headway.store.database import Tx


async def end(world: World, run: CronRun) -> Operation | None:
    """Begin to stop it, with SIGTERM first; None where it has ended, or somebody is at it."""
    return await world.database.write(lambda tx: _end(world, tx, run))


async def _end(world: World, tx: Tx, run: CronRun) -> Operation | None:
    now = await cron_tasks.run(tx, run.task_id, run.due_at)
    if now is None or now.until is None:
        return None
    await cron_tasks.seen_to(tx, run)
    try:
        it = await one_offs.get(tx, run.one_off_id)
    except NotFound:
        return None
    # One that is to end for another reason is being ended already.
    if it.finished_at is not None or not await one_offs.because(tx, it.id, OVERDUE):
        return None
    text = f"{it.label} has run for as long as it may, and is stopped"
    tx.after_commit(lambda: say(world.logbook, world.clock, show(run.app_id), text, source=NAME))
    params = Stop(app_id=run.app_id, one_off_id=it.id, label=it.label)
    return await world.desk.submit(tx, STOP, params, by=Actor(account_id=it.account_id, name=NAME))
