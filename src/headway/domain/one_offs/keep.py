"""Keep what came of one-offs: how each ended, whoever began it and however often this process died meanwhile.

The runtime holds a one-off that has ended until that is written down. One that nobody attaches is ended, and one of
which nothing is left (the machine's data was lost, or its containers were stopped by hand) has ended, too.
"""

import asyncio
import logging
import signal

from headway.clock import SECOND
from headway.domain.one_offs.end import record_end
from headway.domain.world import World
from headway.engine.patience import insist
from headway.errors import NotFound, Trouble
from headway.ids import parse, show
from headway.model.one_offs import LOST, UNATTACHED, OneOff
from headway.runtimes.port import Status
from headway.store import one_offs
from headway.store.database import Tx

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.05
_KILLED = 128 + signal.SIGKILL


class Keeper:
    """The service that does it."""

    def __init__(self, world: World, *, look_seconds: float = 5) -> None:
        self._world = world
        self._look_seconds = look_seconds

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Keep until `stop`."""
        await self._bury_lost()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._keep_ends()), group.create_task(self._end_unattached())]
            ready.set()
            await stop.wait()
            for task in tasks:
                task.cancel()

    async def _bury_lost(self) -> None:
        there = {status.id for status in await self._world.runtime.units()}
        for it in await insist(self._world.clock, lambda: self._world.database.read(one_offs.active)):
            if it.settled_at is not None and show(it.id) not in there:
                await self._end_of(it.id, _KILLED, LOST)

    async def _keep_ends(self) -> None:
        async with asyncio.TaskGroup() as group:
            async for status in self._world.runtime.ends():
                group.create_task(self._keep(status))

    async def _keep(self, status: Status) -> None:
        """Write down how it ended, and let go of it once the operation that starts it knows what it must."""
        id, code = parse(status.id) or 0, status.exit_code
        try:
            it = await self._end_of(id, _KILLED if code is None else code)
            while it.settled_at is None:
                await self._world.clock.sleep(_PAUSE_SECONDS)
                it = await self._now(id)
        except NotFound:
            log.warning("%s ended, and nobody knows whose it was", status.label)
        try:
            await self._world.runtime.stop(status.id, grace_seconds=0)
        except Trouble as trouble:
            log.warning("%s has ended and is still kept: %s", status.label, trouble)

    async def _end_of(self, id: int, code: int, reason: str = "") -> OneOff:
        at = self._world.clock.now()

        async def body(tx: Tx) -> OneOff:
            if reason:
                await one_offs.because(tx, id, reason)
            return await record_end(tx, id, code, at)

        return await insist(self._world.clock, lambda: self._world.database.write(body))

    async def _now(self, id: int) -> OneOff:
        return await insist(
            self._world.clock, lambda: self._world.database.read(lambda tx: one_offs.get(tx, id))
        )

    async def _end_unattached(self) -> None:
        while True:
            await self._world.clock.sleep(self._look_seconds)
            try:
                for status in await self._world.runtime.units():
                    if status.state == "starting" and status.address is None:
                        await self._end_if_late(status)
            except Trouble as trouble:
                log.warning("one-offs that nobody attaches wait on: %s", trouble)

    async def _end_if_late(self, status: Status) -> None:
        world, id = self._world, parse(status.id) or 0
        before = world.clock.now() - round(world.config.one_off_attach_seconds * SECOND)

        async def body(tx: Tx) -> bool:
            it = await one_offs.get(tx, id)
            late = it.settled_at is not None and it.settled_at < before
            if late:
                await one_offs.because(tx, id, UNATTACHED)
            return late

        try:
            if await insist(world.clock, lambda: world.database.write(body)):
                await world.runtime.signal(status.id, signal.SIGTERM)
        except NotFound:
            return
