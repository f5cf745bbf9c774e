"""Collect what containers say into the logbook, each line exactly once, whenever this process dies.

The runtime's output file holds what has not been kept; the logbook keeps lines and offset as one; only then
the file is told to forget them. What a stopped container said is collected to its end; then nothing of it is left
but its lines.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence

import msgspec

from headway.clock import SECOND, Clock
from headway.domain.logs import rate
from headway.errors import Unavailable
from headway.model.logs import Lines, shown
from headway.runtimes.port import Output, Runtime
from headway.store.database import StorageFull
from headway.store.logbook import Logbook

_log = logging.getLogger(__name__)
_NOT_NOW = (StorageFull, Unavailable)


class _Speaker(msgspec.Struct, frozen=True):
    """A container that said something in this minute or the one before."""

    app_id: str
    label: str
    minute: rate.Minute


class Collector:
    """The service that does it. It opens the logbook: others write to it, and read it, once this is ready."""

    def __init__(
        self,
        runtime: Runtime,
        logbook: Logbook,
        clock: Clock,
        *,
        limit: rate.Limit | None = None,
        retry_seconds: float = 1,
    ) -> None:
        self._runtime = runtime
        self._logbook = logbook
        self._clock = clock
        self._limit = limit or rate.Limit()
        self._retry_seconds = retry_seconds
        self._speakers: dict[str, _Speaker] = {}
        self._full = False

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Collect until `stop` is set. What is not collected then is collected by the next one."""
        offsets = self._logbook.open()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._collect(offsets)), group.create_task(self._account())]
            ready.set()
            await stop.wait()
            for task in tasks:
                task.cancel()
        for speaker in self._speakers.values():
            self._appended(speaker.app_id, self._account_of(speaker))

    async def _collect(self, offsets: Mapping[str, int]) -> None:
        present = {unit: end for unit, end in offsets.items() if not await self._forget(unit, end)}
        async for output in self._runtime.output(present):
            if output.text:
                await self._keep(output)
            await self._forget(output.unit, output.end)
            await self._clock.sleep(0)

    async def _forget(self, unit: str, end: int) -> bool:
        """Tell the runtime what has been kept; whether nothing more will come of the unit."""
        is_gone = await self._runtime.forget_output(unit, end)
        if is_gone:
            # Where that cannot be written the offset stays a while: the next start finds that the unit is gone.
            with contextlib.suppress(*_NOT_NOW):
                self._logbook.forget_unit(unit)
        return is_gone

    async def _keep(self, output: Output) -> None:
        at, unit = self._clock.now(), output.unit
        past = self._speakers[unit].minute if unit in self._speakers else None
        admitted = rate.admit(past, self._limit, at, output.text)
        self._speakers[unit] = _Speaker(output.app_id, output.label, admitted.minute)
        kept = [shown(admitted.kept[:-1])] if admitted.kept else []
        said = self._said(output.label, [*admitted.before, *kept, *admitted.behind], at)
        await self._append(output.app_id, said, unit, output.end)

    async def _account(self) -> None:
        """Tell what was dropped when its minute is over, even if the container says nothing more."""
        while True:
            now = self._clock.now()
            await self._clock.sleep((rate.MINUTE - now % rate.MINUTE) / SECOND)
            number = self._clock.now() // rate.MINUTE
            over = {unit: it for unit, it in self._speakers.items() if it.minute.number != number}
            for unit, speaker in over.items():
                del self._speakers[unit]
                await self._append(speaker.app_id, self._account_of(speaker))

    def _account_of(self, speaker: _Speaker) -> list[Lines]:
        return self._said(speaker.label, rate.account(speaker.minute), self._clock.now())

    def _said(self, label: str, texts: Sequence[str], at: int) -> list[Lines]:
        return [Lines(at=at, source=label, text=text) for text in texts]

    async def _append(self, app_id: str, lines: list[Lines], unit: str = "", end: int = 0) -> None:
        while not self._appended(app_id, lines, unit, end):
            await self._clock.sleep(self._retry_seconds)

    def _appended(self, app_id: str, lines: list[Lines], unit: str = "", end: int = 0) -> bool:
        """Whether it could be kept. That it could not, and that it can again, is told once."""
        if not lines and not unit:
            return True
        try:
            self._logbook.append(app_id, lines, unit=unit, end=end)
        except _NOT_NOW as error:
            if not self._full:
                _log.error("%s: what apps say waits in their output files", str(error) or "the disk is full")
            self._full = True
            return False
        if self._full:
            _log.info("what apps say is kept again")
        self._full = False
        return True
