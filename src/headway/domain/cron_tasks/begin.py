"""Begin a run of a task that is due: a detached one-off, in the release in force, by the app's owner. Once.

Everything that says so is written in one transaction: the run, of which there is one for each task and time; the one-off;
the operation that starts it; when the task is due next. So whoever dies, and however many look at once, it is begun once.
"""

from headway.domain.logs.say import say
from headway.domain.one_offs.start import begun
from headway.domain.world import World
from headway.errors import Refusal
from headway.ids import show
from headway.model.cron_tasks import (
    NOTHING,
    CronRun,
    CronTask,
    Missed,
    Turn,
    moment,
    next_after,
    turn,
    until,
)
from headway.model.one_offs import OneOff, Wish
from headway.model.operations import Actor, NewEvent, Operation
from headway.store import apps, cron_tasks
from headway.store.database import Tx

NAME = "cron"
"""What stands for who did it."""
DOWN = "the platform was not at work then"
_SHOWN_MAX = 200


async def begin(world: World, id: int) -> Operation | None:
    """Begin the run of the task that is due, and tell of those that were missed. None where there is none to begin.

    What is refused stays due, and is begun as late as a run may be; after that it is missed, too.
    """
    try:
        if await world.database.read(lambda tx: _has_missed(world, tx, id)):
            await world.database.write(lambda tx: _tell_missed(world, tx, id))
        return await world.database.write(lambda tx: _begin(world, tx, id))
    except Refusal as refusal:
        why = str(refusal)
        await world.database.write(lambda tx: cron_tasks.troubled(tx, id, why))
        return None


def _turn(it: CronTask, now: int) -> Turn:
    return NOTHING if it.next_at is None or it.next_at > now else turn(it.schedule, it.next_at, now)


async def _has_missed(world: World, tx: Tx, id: int) -> bool:
    return _turn(await cron_tasks.get(tx, id), world.clock.now()).missed is not None


async def _tell_missed(world: World, tx: Tx, id: int) -> None:
    it, now = await cron_tasks.get(tx, id), world.clock.now()
    found = _turn(it, now)
    if found.missed is None:
        return
    next_at = next_after(it.schedule, now) if found.at is None else found.at
    why = it.trouble or DOWN
    await cron_tasks.missed(tx, id, found.missed.last_at, why, next_at)
    data = {
        "task": it.text,
        "first_due_at": found.missed.first_at,
        "last_due_at": found.missed.last_at,
        "count": found.missed.count,
        "why": why,
    }
    name, target, by = "app.cron_task_missed", f"app:{it.app_id}", Actor(name=NAME)
    tx.append(NewEvent(at=now, name=name, target=target, by=by, data=data))
    text = f"{_missed(found.missed)} left out, {why}: {it.text[:_SHOWN_MAX]}"
    tx.after_commit(lambda: say(world.logbook, world.clock, show(it.app_id), text, source=NAME))


def _missed(missed: Missed) -> str:
    if missed.count == 1:
        return f"the run of {moment(missed.first_at)} was"
    return f"{missed.count:,} runs, of {moment(missed.first_at)} to {moment(missed.last_at)}, were"


async def _begin(world: World, tx: Tx, id: int) -> Operation | None:
    it, now = await cron_tasks.get(tx, id), world.clock.now()
    due_at = _turn(it, now).at
    if due_at is None or due_at != it.next_at:
        return None
    next_at = next_after(it.schedule, due_at)
    if await cron_tasks.run(tx, id, due_at) is not None:
        # Somebody has set the clock back.
        await cron_tasks.put_off(tx, id, next_at)
        return None
    app = await apps.get(tx, it.app_id)
    by = Actor(account_id=app.owner_id, name=NAME)
    one_off, operation = await begun(world, tx, app, wish_of(it), by)
    run = CronRun(id, due_at, app.id, one_off.id, operation.id, until(it.schedule, due_at, now))
    await cron_tasks.insert_run(tx, run)
    await cron_tasks.began(tx, id, now, operation.id, next_at)
    _tell_begun(world, tx, it, run, one_off)
    return operation


def wish_of(it: CronTask) -> Wish:
    """What its runs are, as one-offs."""
    return Wish(command=it.command, size=it.size, detached=True)


def _tell_begun(world: World, tx: Tx, it: CronTask, run: CronRun, one_off: OneOff) -> None:
    data = {"task": it.text, "due_at": run.due_at, "container": show(one_off.id), "label": one_off.label}
    event = NewEvent(
        at=world.clock.now(),
        name="app.cron_task_begun",
        operation=run.operation_id,
        target=f"app:{it.app_id}",
        by=Actor(account_id=one_off.account_id, name=NAME),
        data=data,
    )
    tx.append(event)
    text = f"{one_off.label} runs what is due at {moment(run.due_at)}: {it.text[:_SHOWN_MAX]}"
    tx.after_commit(lambda: say(world.logbook, world.clock, show(it.app_id), text, source=NAME))
