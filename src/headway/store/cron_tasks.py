"""Tasks that apps run by the clock, and their runs, as rows."""

from headway.errors import NotFound
from headway.model.cron_tasks import CronRun, CronTask
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("cron_tasks")


async def get(tx: Tx, id: int) -> CronTask:
    """The task with this id, or NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None:
        raise NotFound("cron_task")
    return CronTask(*row)


async def of_app(tx: Tx, app_id: int) -> list[CronTask]:
    """Those of an app in their order, and behind them those that the release in force does not have."""
    return [CronTask(*row) for row in await tx.all(SQL["of_app"], app_id=app_id)]


async def due(tx: Tx, now: int) -> list[int]:
    """The ids of those of all apps that are due, and for how long."""
    return [row[0] for row in await tx.all(SQL["due"], now=now)]


async def ahead(tx: Tx, now: int) -> list[CronTask]:
    """Those of all apps that are due later."""
    return [CronTask(*row) for row in await tx.all(SQL["ahead"], now=now)]


async def insert(tx: Tx, it: CronTask) -> None:
    """Keep a new one, of which nothing has happened yet."""
    await tx.run(
        SQL["insert"],
        id=it.id,
        app_id=it.app_id,
        position=it.position,
        schedule=it.schedule,
        command=it.command,
        size=it.size,
        next_at=it.next_at,
        at=it.created_at,
    )


async def renew(tx: Tx, id: int, *, position: int, size: str, next_at: int | None) -> None:
    """The release in force has it so."""
    await tx.run(SQL["renew"], id=id, position=position, size=size, next_at=next_at)


async def retire(tx: Tx, id: int) -> None:
    """The release in force does not have it."""
    await tx.run(SQL["retire"], id=id)


async def began(tx: Tx, id: int, at: int, operation_id: int, next_at: int) -> None:
    """A run of it was begun."""
    await tx.run(SQL["began"], id=id, at=at, operation_id=operation_id, next_at=next_at)


async def put_off(tx: Tx, id: int, next_at: int) -> None:
    """It is due at that time, and not before."""
    await tx.run(SQL["put_off"], id=id, next_at=next_at)


async def missed(tx: Tx, id: int, missed_at: int, why: str, next_at: int) -> None:
    """It was left out, and is due again at `next_at`."""
    await tx.run(SQL["missed"], id=id, missed_at=missed_at, why=why, next_at=next_at)


async def troubled(tx: Tx, id: int, trouble: str) -> None:
    """Keep why the run that is due could not begin."""
    await tx.run(SQL["troubled"], id=id, trouble=trouble)


async def forget(tx: Tx, app_id: int, before: int) -> None:
    """Forget runs of an app that were due long ago, and tasks that it has not had for long."""
    await tx.run(SQL["forget_runs"], app_id=app_id, before=before)
    await tx.run(SQL["forget"], app_id=app_id, before=before)


async def insert_run(tx: Tx, it: CronRun) -> None:
    """Keep a run; NotUnique where the task has one of that time."""
    await tx.run(
        SQL["insert_run"],
        task_id=it.task_id,
        due_at=it.due_at,
        app_id=it.app_id,
        one_off_id=it.one_off_id,
        operation_id=it.operation_id,
        until=it.until,
    )


async def run(tx: Tx, task_id: int, due_at: int) -> CronRun | None:
    """The run of a task at that time."""
    row = await tx.one(SQL["run"], task_id=task_id, due_at=due_at)
    return None if row is None else CronRun(*row)


async def overdue(tx: Tx, now: int) -> list[CronRun]:
    """The runs of all apps whose time is over, and that nobody has seen to."""
    return [CronRun(*row) for row in await tx.all(SQL["overdue"], now=now)]


async def seen_to(tx: Tx, it: CronRun) -> None:
    """It is stopped, or was found to have ended."""
    await tx.run(SQL["seen_to"], task_id=it.task_id, due_at=it.due_at)
