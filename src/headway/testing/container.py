"""A container without a process: what `MemoryRuntime` runs."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable

from headway.clock import SECOND, Clock
from headway.model.sizes import MEGABYTE
from headway.runtimes.crash_policy import after_end
from headway.runtimes.port import Status, Unit, Usage
from headway.testing import script
from headway.testing.terminal import MemoryTerminal

_LOOPBACK = "127.0.0.1"
_LINE_BYTES_MAX = 16 << 10


class Text:
    """What a unit said; offsets count from its first byte, also when the beginning is forgotten."""

    def __init__(self) -> None:
        self._kept = b""
        self._start = 0
        self._last: list[bytes] = []

    def add(self, line: bytes) -> None:
        """Once more."""
        self._kept += line + b"\n"
        self._last = [*self._last[-9:], line]

    def since(self, offset: int) -> tuple[list[bytes], int]:
        """The lines behind that place, the long ones in pieces; and the place behind them."""
        text = self._kept[max(0, offset - self._start) :]
        lines = text.split(b"\n")[:-1]
        pieces = [
            line[start : start + _LINE_BYTES_MAX]
            for line in lines
            for start in range(0, max(len(line), 1), _LINE_BYTES_MAX)
        ]
        return pieces, self._start + len(self._kept)

    def forget(self, end: int) -> None:
        """Nothing before that place is needed any more."""
        self._kept = self._kept[max(0, end - self._start) :]
        self._start = max(self._start, end)

    def last(self) -> str:
        """Its last lines, also forgotten ones."""
        return b"\n".join(self._last).decode(errors="replace")


class MemoryContainer:
    """One unit, as a coroutine that lives, crashes and is started again as its real sisters are."""

    def __init__(self, unit: Unit, clock: Clock, output: Text, told: Callable[[], None]) -> None:
        self.unit = unit
        self.output = output
        self.crashes = 0
        self.is_stopped = False
        self.task: asyncio.Task[None] | None = None
        self._clock = clock
        self._told = told
        self._state = "starting"
        self._place = _held_place() if unit.listens else None
        self._port = int(self._place.getsockname()[1]) if self._place else 0
        self._exit_code: int | None = None
        self._started_at: int | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.over: Callable[[], None] = lambda: None
        self.is_over = False
        self.uploads: dict[str, bytes] = {}
        self._terminal: MemoryTerminal | None = None
        self._call = asyncio.Event()
        self._given_up: int | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for its terminal."""
        return self.unit.terminal and not self._call.is_set() and not self.is_over and not self.is_stopped

    @property
    def is_running(self) -> bool:
        """Whether it is up, and not about to stop."""
        return self._state == "running"

    @property
    def is_live(self) -> bool:
        """Whether there is anything of it to be measured."""
        return self._state in {"starting", "running"} and self._started_at is not None and not self.is_stopped

    def usage(self) -> Usage:
        """What it uses: made up, and ever more of the processor."""
        lived = (self._clock.now() - (self._started_at or 0)) / SECOND
        return Usage(
            id=self.unit.id,
            app_id=self.unit.app_id,
            label=self.unit.label,
            cpu_seconds=lived / 100,
            memory_bytes=MEGABYTE,
            memory_limit_bytes=self.unit.size.memory_bytes,
            memory_highest_bytes=2 * MEGABYTE,
            swap_bytes=0,
            swap_highest_bytes=0,
        )

    def attach(self) -> MemoryTerminal:
        """Begin what waits for a terminal, before this one."""
        self._terminal = MemoryTerminal(lambda: self.give_up(128 + signal.SIGHUP))
        self._call.set()
        return self._terminal

    def give_up(self, code: int) -> bool:
        """End it in mid-course; whether there was anything to end."""
        if self.is_over:
            return False
        self.cancel()
        if self.is_running:
            self._given_up = code
        else:
            # A task that was cancelled before its first step says nothing of itself.
            self._ended(code)
        return True

    def _ended(self, code: int) -> None:
        self._exit_code, self._state, self.is_over = code, "ended", True
        if self._terminal is not None:
            self._terminal.over()
        self.over()

    async def live_once(self) -> None:
        """Run to the one end."""
        try:
            if self.unit.terminal:
                await self._call.wait()
            self._started_at = self._clock.now()
            self._state = "running"
            code = await self._run()
        except asyncio.CancelledError:
            if self._given_up is None:
                raise
            code = self._given_up
        self._ended(code)

    @property
    def is_up(self) -> bool:
        """Whether `ready` need not wait for it any more."""
        return self._state == "running" or self.unit.terminal or self.is_over

    async def live(self, delays: tuple[float, ...], warm_up: float) -> None:
        """Run, and again after each end, as the policy for crashes says."""
        with contextlib.suppress(asyncio.CancelledError):
            if self.unit.once:
                return await self.live_once()
            while True:
                self._started_at = self._clock.now()
                self._state = "starting" if self.unit.listens else "running"
                self._exit_code = await self._run()
                ran = (self._clock.now() - self._started_at) / SECOND
                verdict = after_end(self.crashes, ran, delays_seconds=delays, warm_up_seconds=warm_up)
                self.crashes = verdict.crashes
                self._say(f"{self.unit.label}: exited with status {self._exit_code}".encode())
                if verdict.delay_seconds is None:
                    self._state = "crashed"
                    await asyncio.Event().wait()
                else:
                    self._state = "waiting"
                    await self._clock.sleep(verdict.delay_seconds)

    async def end(self) -> None:
        """Stop; nothing of it runs when this returns."""
        self._state = "stopping"
        self.cancel()
        if self.task is not None:
            await asyncio.wait([self.task])
        self.is_stopped = True
        self._told()
        self.over()

    def cancel(self) -> None:
        """Stop without waiting for that."""
        if self.task is not None:
            self.task.cancel()
        if self._place is not None:
            self._place.close()

    def status(self) -> Status:
        """As it is now."""
        return Status(
            id=self.unit.id,
            app_id=self.unit.app_id,
            label=self.unit.label,
            state=self._state,
            address=(_LOOPBACK, self._port) if self.unit.listens else None,
            started_at=self._started_at,
            crashes=self.crashes,
            exit_code=self._exit_code,
        )

    async def _run(self) -> int:
        port = {"PORT": str(self._port)} if self.unit.listens else {}
        environment = {**self.unit.environment, **port}
        said = self._say if self._terminal is None else self._terminal.say
        typed = None if self._terminal is None else self._terminal.typed
        command = self.unit.command
        for path, content in self.uploads.items():
            command = command.replace(f"cat {path}", f"echo {content.decode()}")
        return await script.run(command, environment, self._clock, said, self._serve, typed=typed)

    async def _serve(self) -> None:
        server = (
            await asyncio.start_server(self._answer, _LOOPBACK, self._port, reuse_port=True)
            if self.unit.listens
            else None
        )
        try:
            self._state = "running"
            await asyncio.Event().wait()
        finally:
            if server is not None:
                server.close()
            for writer in self._writers:
                writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                body = self.unit.id.encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                await writer.drain()
        self._writers.discard(writer)
        writer.close()

    def _say(self, line: bytes) -> None:
        self.output.add(line)
        self._told()


def _held_place() -> socket.socket:
    """A port that nobody else is given while this socket is open; it does not listen, so it takes no connection."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind((_LOOPBACK, 0))
    return place
