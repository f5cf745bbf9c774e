"""A terminal without a machine: lines that are said, and lines that are typed."""

import asyncio
from collections.abc import Callable

_END = b"\x04"


class MemoryTerminal:
    """A Terminal, and the other side of it. `hung_up` is called when the person before it goes."""

    def __init__(self, hung_up: Callable[[], object]) -> None:
        self._hung_up = hung_up
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._typed: asyncio.Queue[bytes] = asyncio.Queue()
        self._rest = b""
        self._is_over = False
        self.size = (80, 24)
        self.echoes = True

    async def read(self) -> bytes:
        """What is said next; nothing behind the end."""
        if self._is_over and self._said.empty():
            return b""
        return await self._said.get()

    async def write(self, typed: bytes) -> None:
        """Type."""
        self._rest += typed
        while self._rest:
            line, newline, rest = self._rest.partition(b"\n")
            before, end, behind = line.partition(_END)
            if end:
                self._rest = behind + newline + rest
                self._typed.put_nowait(before)
            elif newline:
                self._rest = rest
                self._typed.put_nowait(line or b" ")
            else:
                return

    def resize(self, width: int, height: int) -> None:
        """Keep its size."""
        self.size = (width, height)

    def echo(self, *, on: bool) -> None:
        """Keep whether it echoes."""
        self.echoes = on

    def hang_up(self) -> None:
        """Go away."""
        if not self._is_over:
            self.over()
            self._hung_up()

    def say(self, line: bytes) -> None:
        """What the unit says."""
        self._said.put_nowait(line + b"\r\n")

    async def typed(self) -> bytes:
        """What was typed next; nothing at its end."""
        return await self._typed.get()

    def over(self) -> None:
        """The unit has ended."""
        self._is_over = True
        self._said.put_nowait(b"")
