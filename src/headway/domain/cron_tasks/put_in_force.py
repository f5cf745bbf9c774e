"""The tasks of an app are those of the release that serves it."""

from headway.clock import SECOND
from headway.domain.world import World
from headway.model.cron_tasks import CronLine, CronTask, next_after
from headway.model.deployments import Release
from headway.store import cron_tasks
from headway.store.database import Tx

_DAY = 86_400 * SECOND


async def put_in_force(world: World, tx: Tx, release: Release) -> None:
    """From now on the app has the tasks of this release, and no other. Those that it had before go on as they were.

    A run that is due at this moment is not lost by it, and one that was begun is not stopped.
    """
    now = world.clock.now()
    known = {(it.schedule, it.command): it for it in await cron_tasks.of_app(tx, release.app_id)}
    for position, line in enumerate(release.cron):
        before = known.pop((line.schedule, line.command), None)
        await _keep(tx, _task(world, release.app_id, line, position, now), before, now)
    for gone in known.values():
        await cron_tasks.retire(tx, gone.id)
    await cron_tasks.forget(tx, release.app_id, now - world.config.operation_retention_days * _DAY)


def _task(world: World, app_id: int, line: CronLine, position: int, now: int) -> CronTask:
    return CronTask(
        id=world.ids.next(),
        app_id=app_id,
        position=position,
        schedule=line.schedule,
        command=line.command,
        size=line.size,
        next_at=next_after(line.schedule, now),
        last_at=None,
        last_operation_id=None,
        trouble="",
        missed_at=None,
        missed_why="",
        created_at=now,
    )


async def _keep(tx: Tx, task: CronTask, before: CronTask | None, now: int) -> None:
    if before is None:
        await cron_tasks.insert(tx, task)
        return
    is_due = before.next_at is not None and before.next_at <= now
    next_at = before.next_at if is_due else task.next_at
    await cron_tasks.renew(tx, before.id, position=task.position, size=task.size, next_at=next_at)
