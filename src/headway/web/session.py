"""Somebody before the terminal of a one-off: bytes go both ways until it ends, they leave, or both fall silent."""

import asyncio
from enum import Enum

from headway.clock import Clock
from headway.runtimes.port import Terminal
from headway.web.body import Disconnected
from headway.web.tunnel import Line

EOT = b"\x04"
_FLUSHED = {b"\n", EOT}
"""After these, EOT ends the input; after anything else it only hands the line over."""


class Outcome(Enum):
    """Why a session ended."""

    OVER = "the one-off has ended"
    GONE = "the client has gone"
    SILENT = "nothing was said and nothing typed for too long"


class Keyboard:
    """What is typed, as the one-off is to get it.

    Only a client with a screen tells its size. Any other one feeds a file or a pipe, of which the end must be an end
    also behind a line that has none.
    """

    def __init__(self) -> None:
        self.has_screen = False
        self._last = b"\n"

    def typed(self, piece: bytes) -> bytes:
        """The piece; one more EOT behind it where one would not be enough."""
        before = piece[-2:-1] or self._last
        is_torn = piece.endswith(EOT) and not self.has_screen and before not in _FLUSHED
        self._last = piece[-1:] or self._last
        return piece + EOT if is_torn else piece


class Session:
    """One terminal and the line to who is before it."""

    def __init__(self, terminal: Terminal, clock: Clock, idle_seconds: float) -> None:
        self.terminal = terminal
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._moved = clock.monotonic()
        self._keyboard = Keyboard()
        self._is_quiet = False

    def resize(self, width: int, height: int) -> None:
        """The client's screen is so large; and it has one."""
        self._keyboard.has_screen = True
        self.terminal.resize(width, height)
        if self._is_quiet:
            self._is_quiet = False
            self.terminal.echo(on=True)

    async def talk(self, line: Line) -> Outcome:
        """Carry bytes both ways until there is a reason to stop."""
        async with asyncio.TaskGroup() as group:
            ways = [group.create_task(way) for way in (self._show(line), self._type(line), self._idle())]
            done, others = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for other in others:
                other.cancel()
        outcomes = {task.result() for task in done}
        return Outcome.OVER if Outcome.OVER in outcomes else outcomes.pop()

    async def _show(self, line: Line) -> Outcome:
        try:
            while said := await self.terminal.read():
                self._moved = self._clock.monotonic()
                await line.write(said)
        except Disconnected:
            return Outcome.GONE
        return Outcome.OVER

    async def _type(self, line: Line) -> Outcome:
        while piece := await line.read():
            self._moved = self._clock.monotonic()
            if not self._keyboard.has_screen and not self._is_quiet:
                # Nobody sees what is typed, so that shown it would only be among what the one-off says.
                self._is_quiet = True
                self.terminal.echo(on=False)
            await self.terminal.write(self._keyboard.typed(piece))
        return Outcome.GONE

    async def _idle(self) -> Outcome:
        while (left := self._moved + self._idle_seconds - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)
        return Outcome.SILENT
