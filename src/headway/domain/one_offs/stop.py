"""Stop a one-off: SIGTERM, then SIGKILL after the grace, and how it ended is kept. Read STOP, at the end, first."""

import asyncio
import signal

import msgspec

from headway import ids
from headway.domain.access import permitted
from headway.domain.containers import running
from headway.domain.containers.find import container
from headway.domain.one_offs.end import record_end
from headway.domain.world import World
from headway.engine.declare import Again, OperationType, Run, Step
from headway.engine.submit import key_of
from headway.errors import Invalid
from headway.model.apps import App, Container
from headway.model.one_offs import STOPPED, OneOff
from headway.model.operations import Actor, Operation
from headway.runtimes.port import Status
from headway.store import one_offs
from headway.store.database import Tx
from headway.waiting import either

_PAUSE_SECONDS, _PAUSE_MAX_SECONDS = 0.02, 1.0
_SECONDS_MAX = 3600
_KILLED = 128 + signal.SIGKILL


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Which one-off."""

    app_id: int
    one_off_id: int
    label: str


async def stop(world: World, app: App, name: str, by: Actor, key: str = "") -> Operation:
    """Begin to stop the one-off of that id or label. NotFound; Invalid for a container of another type.

    One that is being stopped may be stopped again.
    """
    sent = key_of(by, key, STOP.name, app.id, name)

    async def body(tx: Tx) -> Operation:
        await permitted(tx, app.id, by, STOP.name)
        if (earlier := await world.desk.earlier(tx, sent)) is not None:
            return earlier
        it = await container(tx, app.id, name)
        if isinstance(it, Container):
            raise Invalid(container=f"{it.label} is not a one-off container")
        params = Stop(app_id=app.id, one_off_id=it.id, label=it.label)
        return await world.desk.submit(tx, STOP, params, by=by, key=sent)

    return await world.database.write(body)


async def end(run: Run[Stop, World]) -> dict[str, int]:
    """Nothing of it runs. Where it was not begun, it never will be."""
    world, id = run.world, run.params.one_off_id
    await world.database.write(lambda tx: one_offs.because(tx, id, STOPPED))
    status = await terminated(world, ids.show(id), world.config.stop_grace_seconds)
    code = None if status is None else status.exit_code
    return {"exit_code": _KILLED if code is None else code}


async def end_all(world: World, app_id: int) -> None:
    """None of the app's one-offs runs, or will begin."""

    async def stopped(tx: Tx) -> list[OneOff]:
        every = await one_offs.active(tx, app_id)
        for it in every:
            await one_offs.because(tx, it.id, STOPPED)
        return every

    grace = world.config.stop_grace_seconds
    async with asyncio.TaskGroup() as group:
        for it in await world.database.write(stopped):
            group.create_task(terminated(world, ids.show(it.id), grace))


async def terminated(world: World, unit_id: str, grace_seconds: float) -> Status | None:
    """The unit, ended: by SIGTERM, or by SIGKILL after the grace. None where it is not there."""
    until, pause = world.clock.monotonic() + grace_seconds, _PAUSE_SECONDS
    async with asyncio.TaskGroup() as group:
        ending = group.create_task(world.runtime.ended(unit_id))
        while not ending.done():
            late = world.clock.monotonic() >= until
            await world.runtime.signal(unit_id, signal.SIGKILL if late else signal.SIGTERM)
            await either(asyncio.wait([ending]), world.clock.sleep(pause))
            pause = min(2 * pause, _PAUSE_MAX_SECONDS)
    return ending.result()


async def record(run: Run[Stop, World], tx: Tx) -> None:
    """How it ended is kept, unless it has been already."""
    await record_end(tx, run.params.one_off_id, run.notes["exit_code"], run.world.clock.now())


async def again(world: World, params: Stop, by: Actor, key: str) -> Operation:
    """The same one-off."""
    return await stop(world, await running.app_of(world, params.app_id), params.label, by, key)


STOP: OperationType[Stop, World] = OperationType(
    name="app.stop_one_off",
    params=Stop,
    target=lambda params: f"app:{params.app_id}",
    exclusive=False,
    steps=(
        Step(
            title="stop the one-off",
            do=end,
            seconds_max=_SECONDS_MAX,
            again=Again(attempts_max=12),
            interruptible=False,
        ),
    ),
    record=record,
    summary=lambda params: f"stop {params.label}",
    again=again,
)
