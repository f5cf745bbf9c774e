"""The postdeploy of a release, or its first-deploy: a one-off of its own, before the release gets traffic, run once.

It is a one-off like any other, with a label and a place in the app's log. It lives on when the control plane dies,
and the next one waits for the same.
"""

from collections.abc import Callable

import msgspec

from headway import ids
from headway.clock import SECOND
from headway.domain.one_offs.end import record_end
from headway.domain.one_offs.stop import terminated
from headway.domain.one_offs.unit import unit_of
from headway.domain.variables.veil import veil_of
from headway.domain.world import World
from headway.engine.declare import Again
from headway.errors import Failure, NotFound
from headway.model.one_offs import STOPPED, OneOff
from headway.model.operations import Operation
from headway.model.sizes import DEFAULT_SIZE
from headway.store import one_offs
from headway.store.database import Tx
from headway.waiting import either

SECONDS_MAX = 3 * 3600
"""Of the step: only a guard, the limit is among the settings."""
PATIENT = Again(attempts_max=12)
_KILLED = 137


class Hook(msgspec.Struct, frozen=True):
    """Which one-off, of which release of which app, the operation that wants it, and what is run."""

    id: int
    app_id: int
    release_id: int
    operation: Operation
    name: str
    """What it is called: postdeploy."""
    command: str


async def run(world: World, it: Hook, say: Callable[[str], None]) -> None:
    """It has run and ended well; nothing where it has no command.

    Failure `hook-error` where it ended otherwise, or took longer than `postdeploy_seconds`.
    """
    if not it.command:
        return
    one_off = await world.database.write(lambda tx: _kept(world, tx, it))
    say(f"-----> Running {it.name} as {one_off.label}")
    if one_off.finished_at is None and not one_off.reason:
        await world.runtime.ensure(await unit_of(world, one_off))
    code = await _code(world, one_off)
    veil = await veil_of(world, it.app_id)
    for line in await world.runtime.last_lines(ids.show(it.id)):
        say(f"       {veil(line)}")
    await _settled(world, it.id, _KILLED if code is None else code, "" if code is not None else STOPPED)
    if code is None:
        raise Failure("hook-error", f"{it.name} took longer than {world.config.postdeploy_seconds:g} seconds")
    if code:
        raise Failure("hook-error", f"{it.name} exited with {code}; all that it said is in the app's log")


async def end(world: World, id: int) -> None:
    """Nothing of it runs, or will."""

    async def stopped(tx: Tx) -> bool:
        try:
            it = await one_offs.get(tx, id)
        except NotFound:
            return False
        await one_offs.because(tx, id, STOPPED)
        return it.settled_at is None

    if await world.database.write(stopped):
        status = await terminated(world, ids.show(id), world.config.stop_grace_seconds)
        code = None if status is None else status.exit_code
        await _settled(world, id, _KILLED if code is None else code)


async def _kept(world: World, tx: Tx, it: Hook) -> OneOff:
    try:
        return await one_offs.get(tx, it.id)
    except NotFound:
        one_off = OneOff(
            id=it.id,
            app_id=it.app_id,
            index=await one_offs.next_index(tx, it.app_id),
            account_id=it.operation.account_id,
            operation_id=it.operation.id,
            command=it.command,
            environment={},
            size=DEFAULT_SIZE,
            detached=True,
            release_id=it.release_id,
            created_at=world.clock.now(),
            settled_at=None,
            finished_at=None,
            exit_code=None,
            reason="",
        )
        await one_offs.insert(tx, one_off)
        return one_off


async def _code(world: World, one_off: OneOff) -> int | None:
    """How it ended; None where it was stopped because its time was over."""
    if one_off.exit_code is not None:
        return one_off.exit_code
    unit_id, codes = ids.show(one_off.id), list[int]()

    async def wait() -> None:
        status = await world.runtime.ended(unit_id)
        if status is not None:
            codes.append(_KILLED if status.exit_code is None else status.exit_code)
        else:
            # Its keeper has seen its end, and let go of it.
            seen = await world.database.read(lambda tx: one_offs.get(tx, one_off.id))
            codes.append(_KILLED if seen.exit_code is None else seen.exit_code)

    spent = (world.clock.now() - one_off.created_at) / SECOND
    await either(wait(), world.clock.sleep(max(world.config.postdeploy_seconds - spent, 0)))
    if not codes:
        await terminated(world, unit_id, world.config.stop_grace_seconds)
        return None
    return codes[0]


async def _settled(world: World, id: int, code: int, reason: str = "") -> None:
    now = world.clock.now()

    async def body(tx: Tx) -> None:
        if reason:
            await one_offs.because(tx, id, reason)
        await record_end(tx, id, code, now)
        await one_offs.settle(tx, id, now)

    await world.database.write(body)
