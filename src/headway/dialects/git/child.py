"""System git as a child: one line for what it reads and says, one for its complaints, and the two of its hooks."""

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from headway.dialects.git import hooks

_INPUT, _OUTPUT, _COMPLAINTS = 0, 1, 2
_ABOVE = 10
"""Descriptors up to here are git's own business."""
_SIGNALS = [signal.SIGPIPE, signal.SIGXFSZ, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]


class Line:
    """Our end of a line; theirs is closed when git has it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, theirs: int) -> None:
        self.reader = reader
        self.writer = writer
        self.theirs = theirs

    @classmethod
    async def opened(cls) -> Self:
        """A new one."""
        ours, theirs = socket.socketpair()
        with theirs:
            # Out of the way of those that git knows them by.
            kept = fcntl.fcntl(theirs, fcntl.F_DUPFD_CLOEXEC, _ABOVE)
        return cls(*await asyncio.open_connection(sock=ours), kept)


class Child:
    """It runs while the block does; nothing of it and of what it has started does afterwards."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._argv = list(argv)
        self._environment = environment
        self._lines: list[Line] = []
        self._pid = 0
        self._process = -1
        self._code = 0
        self._ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._lines = [await Line.opened() for _ in range(4)]
        try:
            self._start()
        except OSError:
            self._hang_up()
            raise
        finally:
            for line in self._lines:
                os.close(line.theirs)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()
        os.close(self._process)
        self._hang_up()

    def _start(self) -> None:
        talk, complaints, ask, say = (it.theirs for it in self._lines)
        became = {_INPUT: talk, _OUTPUT: talk, _COMPLAINTS: complaints, hooks.ASK: ask, hooks.SAY: say}
        self._pid = os.posix_spawn(
            self._argv[0],
            self._argv,
            dict(self._environment),
            file_actions=[(os.POSIX_SPAWN_DUP2, it, number) for number, it in became.items()],
            setsid=True,
            setsigmask=[],
            setsigdef=_SIGNALS,
        )
        self._process = os.pidfd_open(self._pid)
        asyncio.get_running_loop().add_reader(self._process, self._reap)

    @property
    def talk(self) -> Line:
        """What it reads, and what it says."""
        return self._lines[0]

    @property
    def complaints(self) -> asyncio.StreamReader:
        """What it says beside."""
        return self._lines[1].reader

    @property
    def ask(self) -> Line:
        """What its hooks ask, and what they are answered."""
        return self._lines[2]

    @property
    def say(self) -> asyncio.StreamWriter:
        """What its hooks say to whoever pushes."""
        return self._lines[3].writer

    async def wait(self) -> int:
        """Its exit code, or 128 and the signal, once it has ended."""
        await self._ended.wait()
        return self._code

    async def end(self) -> None:
        """Nothing of it runs."""
        if not self._ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            await self._ended.wait()

    def _reap(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process)
        done = os.waitid(os.P_PIDFD, self._process, os.WEXITED)
        if done is not None:
            self._code = done.si_status if done.si_code == os.CLD_EXITED else 128 + done.si_status
        self._ended.set()

    def _hang_up(self) -> None:
        for line in self._lines:
            line.writer.transport.abort()
