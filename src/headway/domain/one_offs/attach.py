"""Sit down before the terminal of a one-off, hand files in before, and leave it."""

from collections.abc import AsyncIterator

from headway.domain.one_offs.stop import terminated
from headway.domain.world import World
from headway.errors import Conflict, Failure, Retry, Unavailable
from headway.ids import show
from headway.model.one_offs import OneOff
from headway.model.operations import Actor, NewEvent
from headway.runtimes.port import Terminal
from headway.store import one_offs
from headway.store.database import StorageFull, Tx
from headway.waiting import either

SETTLED_SECONDS_MAX = 60
DEAF_SECONDS = 3.0
"""How long one has to end on SIGHUP."""
_PAUSE_SECONDS = 0.05


async def attach(world: World, it: OneOff, by: Actor) -> Terminal:
    """Its terminal, on which it starts now. Conflict where it is detached, was attached before, or has ended."""
    await settled(world, it)
    try:
        terminal = await world.runtime.attach(show(it.id))
    except Failure as failure:
        raise Conflict(f"{it.label} cannot be attached: {failure.text}") from failure
    except Retry as trouble:
        raise Unavailable(str(trouble)) from trouble
    try:
        await world.database.write(lambda tx: _tell(world, tx, it, by))
    except BaseException:
        terminal.hang_up()
        raise
    return terminal


async def put(world: World, it: OneOff, name: str, chunks: AsyncIterator[bytes]) -> None:
    """Put a file into its /tmp/uploads. Conflict where it does not wait for its terminal."""
    await settled(world, it)
    try:
        await world.runtime.put(show(it.id), name, chunks)
    except Failure as failure:
        if failure.code == "no-space":
            raise StorageFull(failure.text) from failure
        raise Conflict(failure.text) from failure
    except Retry as trouble:
        raise Unavailable(str(trouble)) from trouble


async def settled(world: World, it: OneOff) -> None:
    """Return once the operation that starts it has ended. Conflict where that takes too long, or it is detached."""
    if it.detached:
        raise Conflict(f"{it.label} runs detached: what it says is in the app's log")
    until = world.clock.monotonic() + SETTLED_SECONDS_MAX
    while (await world.database.read(lambda tx: one_offs.get(tx, it.id))).settled_at is None:
        if world.clock.monotonic() > until:
            raise Conflict(f"{it.label} is not ready yet")
        await world.clock.sleep(_PAUSE_SECONDS)


async def leave(world: World, it: OneOff, terminal: Terminal, reason: str) -> None:
    """Hang up, for this reason unless there is another; return when nothing of it runs.

    The one-off gets SIGHUP by that; what is deaf to it gets SIGTERM a moment later and, after the grace, SIGKILL.
    """
    try:
        await world.database.write(lambda tx: one_offs.because(tx, it.id, reason))
    finally:
        terminal.hang_up()
    await either(world.runtime.ended(show(it.id)), world.clock.sleep(DEAF_SECONDS))
    await terminated(world, show(it.id), world.config.stop_grace_seconds)


async def _tell(world: World, tx: Tx, it: OneOff, by: Actor) -> None:
    data = {"container": show(it.id), "label": it.label}
    at, target = world.clock.now(), f"app:{it.app_id}"
    tx.append(NewEvent(at=at, name="app.one_off_attached", target=target, by=by, data=data))
