"""A pseudo-terminal: the unit has the slave, this process the master, and so it dies with this process."""

import asyncio
import contextlib
import os
import termios
from collections.abc import Callable, Coroutine

from headway.waiting import either, readable, writable

WIDTH, HEIGHT = 80, 24
_READ_BYTES = 64 << 10
_LOCAL_MODES = 3
"""Which of the attributes of a terminal holds ECHO and ICANON."""


class PseudoTerminal:
    """A Terminal. OSError where the machine has none left."""

    def __init__(self, user: int | None) -> None:
        self._master, self._slave = os.openpty()
        self.path = os.ttyname(self._slave)
        """What the unit opens."""
        self._gone = asyncio.Event()
        self._waiting = 0
        self._is_open = True
        os.set_blocking(self._master, False)
        if user is not None:
            # Programs open their terminal by name.
            os.fchown(self._slave, user, -1)
        self.resize(WIDTH, HEIGHT)

    async def read(self) -> bytes:
        """What the unit says next; nothing behind the end of it."""
        while not self._gone.is_set():
            try:
                return os.read(self._master, _READ_BYTES)
            except BlockingIOError:
                await self._until(readable)
            except OSError:
                # EIO: nobody has the slave any more, and all that was said is read.
                break
        return b""

    async def write(self, typed: bytes) -> None:
        """Type; return when the terminal has taken it."""
        left = memoryview(typed)
        while left and not self._gone.is_set():
            try:
                left = left[os.write(self._master, left) :]
            except BlockingIOError:
                await self._until(writable)
            except OSError:
                return

    def resize(self, width: int, height: int) -> None:
        """Let it be so large."""
        if self._is_open:
            with contextlib.suppress(termios.error):
                termios.tcsetwinsize(self._master, (height, width))

    def echo(self, *, on: bool) -> None:
        """Whether what is typed is shown, while the terminal edits the lines."""
        if not self._is_open:
            return
        with contextlib.suppress(termios.error):
            modes = termios.tcgetattr(self._master)
            if modes[_LOCAL_MODES] & termios.ICANON:
                kept = modes[_LOCAL_MODES] & ~termios.ECHO
                modes[_LOCAL_MODES] = kept | termios.ECHO if on else kept
                termios.tcsetattr(self._master, termios.TCSANOW, modes)

    def over(self, last_words: str = "") -> None:
        """The unit has ended: who reads gets what is left, and then nothing."""
        if self._slave >= 0:
            with contextlib.suppress(OSError):
                os.set_blocking(self._slave, False)
                os.write(self._slave, last_words.encode())
            os.close(self._slave)
            self._slave = -1

    def hang_up(self) -> None:
        """Go away: the unit gets SIGHUP."""
        self._gone.set()
        self.over()
        self._close()

    async def _until(self, able: Callable[[int], Coroutine[object, object, None]]) -> None:
        self._waiting += 1
        try:
            await either(able(self._master), self._gone.wait())
        finally:
            self._waiting -= 1
            if self._gone.is_set():
                self._close()

    def _close(self) -> None:
        # Not under a task that waits for it: its number might be somebody else's before that task has noticed.
        if self._is_open and not self._waiting:
            self._is_open = False
            os.close(self._master)
