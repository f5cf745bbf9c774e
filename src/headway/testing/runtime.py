"""A runtime without processes, in memory: verified by the same conformance suite as the real ones.

It understands a little of the shell, parts of a command being separated by `;`:

    echo TEXT     says a line ($NAME is replaced)
    sleep N       lets the clock pass N seconds
    exit N        ends with N
    cat           gives back what is typed, a line at a time, until EOT (0x04)
    cat PATH      says a file that was put into /tmp/uploads

Anything else accepts connections on PORT, where the unit listens, answers HTTP with the unit's id, and runs
until it is stopped. With `fail_next` the next call of a method raises what it is given.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from headway.clock import SECOND, Clock
from headway.errors import Failure, Retry, Trouble
from headway.model.sizes import MEGABYTE
from headway.runtimes.crash_policy import after_end
from headway.runtimes.port import Offer, Output, Status, Task, Terminal, Unit, Usage
from headway.testing.terminal import MemoryTerminal

_LOOPBACK = "127.0.0.1"
_LINE_BYTES_MAX = 16 << 10


class MemoryRuntime:
    """Runs containers as coroutines. A Runtime, and a Service; units are forgotten when `serve` returns."""

    def __init__(
        self,
        clock: Clock,
        *,
        crash_delays_seconds: tuple[float, ...] = (0.0,),
        crash_warm_up_seconds: float = 600,
    ) -> None:
        self._clock = clock
        self._delays = crash_delays_seconds
        self._warm_up = crash_warm_up_seconds
        self._units: dict[str, _Container] = {}
        self._group: asyncio.TaskGroup | None = None
        self._failures: dict[str, list[Trouble]] = {}
        self._said = asyncio.Event()
        self._an_end = asyncio.Event()

    def fail_next(self, method: str, trouble: Trouble) -> None:
        """Let the next call of `method` raise `trouble`; may be said several times."""
        self._failures.setdefault(method, []).append(trouble)

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Run until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            ready.set()
            await stop.wait()
            self._group = None
            for unit in self._units.values():
                unit.cancel()

    async def ensure(self, unit: Unit) -> Status:
        """Start the unit unless it is there."""
        group = self._serving("ensure")
        container = self._units.get(unit.id)
        if container is None or container.is_stopped:
            output = container.output if container else _Text()
            container = _Container(unit, self._clock, output, self._tell)
            self._units[unit.id] = container
            container.over = self._end
            container.task = group.create_task(container.live(self._delays, self._warm_up))
        return container.status()

    async def ready(self, unit_id: str, *, seconds: float) -> Status:
        """Return once the unit accepts connections, or runs; Failure as the port says."""
        self._serving("ready")
        until = self._clock.monotonic() + seconds
        container = self._units.get(unit_id)
        while container is not None and not container.is_up:
            label, last = container.unit.label, container.output.last()
            if container.is_stopped or container.crashes:
                raise Failure("crashed-error", f"{label} ended before it was ready\n{last}")
            if self._clock.monotonic() >= until:
                text = f"{label} did not accept connections on its port within {seconds:g} s\n{last}"
                raise Failure("timeout-error", text)
            await self._clock.sleep(0.001)
        if container is None:
            raise Failure("crashed-error", f"{unit_id} is not there")
        return container.status()

    async def stop(self, unit_id: str, *, grace_seconds: float = 30) -> None:
        """End the unit, at once: nothing here has use for a grace."""
        del grace_seconds
        self._serving("stop")
        if (container := self._units.get(unit_id)) is not None:
            await container.end()

    async def signal(self, unit_id: str, number: int) -> bool:
        """End the unit with SIGTERM or SIGKILL; any other signal is not heard."""
        self._serving("signal")
        container = self._units.get(unit_id)
        if container is None or container.is_stopped:
            return False
        if number in {signal.SIGTERM, signal.SIGKILL} and container.unit.once:
            return container.give_up(128 + number)
        return container.is_running

    async def attach(self, unit_id: str) -> Terminal:
        """Start a unit that waits for its terminal."""
        self._serving("attach")
        return self._waiting(unit_id).attach()

    async def put(self, unit_id: str, name: str, chunks: AsyncIterator[bytes]) -> None:
        """Keep a file for a unit that waits for its terminal."""
        self._serving("put")
        content = b"".join([chunk async for chunk in chunks])
        self._waiting(unit_id).uploads[f"/tmp/uploads/{name}"] = content  # noqa: S108 - inside

    async def ended(self, unit_id: str) -> Status | None:
        """Return once a unit that runs once has ended."""
        self._serving("ended")
        container = self._units.get(unit_id)
        while container is not None and not container.is_over and not container.is_stopped:
            await self._an_end.wait()
        return None if container is None else container.status()

    async def last_lines(self, unit_id: str) -> list[str]:
        """The last lines that it said."""
        self._serving("last_lines")
        container = self._units.get(unit_id)
        return [] if container is None else container.output.last().splitlines()

    async def ends(self) -> AsyncIterator[Status]:
        """Each unit that runs once and has ended."""
        told: set[_Container] = set()
        while True:
            an_end = self._an_end
            for container in list(self._units.values()):
                if container.is_over and not container.is_stopped and container not in told:
                    told.add(container)
                    yield container.status()
            await an_end.wait()

    async def units(self, app_id: str | None = None) -> list[Status]:
        """All units that are there, by label."""
        self._serving("units")
        found = [it.status() for it in self._units.values() if not it.is_stopped]
        chosen = [status for status in found if app_id in {None, status.app_id}]
        return sorted(chosen, key=lambda status: (status.label, status.id))

    async def usage(self, app_id: str | None = None) -> list[Usage]:
        """A hundredth of a core and one megabyte for each that runs."""
        self._serving("usage")
        found = [it.usage() for it in self._units.values() if it.is_live and app_id in {None, it.unit.app_id}]
        return sorted(found, key=lambda usage: (usage.label, usage.id))

    async def output(self, offsets: Mapping[str, int]) -> AsyncIterator[Output]:
        """The output of all units, each from its offset."""
        ends = dict(offsets)
        ended: set[_Container] = set()
        while True:
            said = self._said
            for container in list(self._units.values()):
                unit, start = container.unit, ends.get(container.unit.id, 0)
                lines, end = container.output.since(start)
                text = b"".join(line + b"\n" for line in lines)
                is_end = not lines and container.is_stopped and container not in ended
                if is_end:
                    ended.add(container)
                if lines or is_end:
                    # Begun anew after it was forgotten, it speaks from 0 again.
                    ends[unit.id] = end if lines else 0
                    yield Output(unit=unit.id, app_id=unit.app_id, label=unit.label, text=text, end=end)
                    self._tell()
            await said.wait()

    async def forget_output(self, unit_id: str, end: int) -> bool:
        """Free the output before `end`; forget a stopped unit that has no other."""
        self._serving("forget_output")
        container = self._units.get(unit_id)
        if container is not None:
            container.output.forget(end)
            if not container.is_stopped or container.output.since(end)[0]:
                return False
            del self._units[unit_id]
        return True

    async def perform(self, task: Task, said: Callable[[bytes], None]) -> int:
        """Run `sh -c COMMAND` in the same small language; any other argv is said, and ends with 0."""
        self._fail("perform")
        script = task.argv[2] if task.argv[:2] == ("sh", "-c") else f"echo {' '.join(task.argv)}"
        try:
            async with asyncio.timeout(task.seconds_max):
                return await _run(
                    script, task.environment, self._clock, lambda line: said(line + b"\n"), _for_ever
                )
        except TimeoutError:
            raise Failure("timeout-error", f"{task.id} took longer than {task.seconds_max:g} s") from None

    def offers(self) -> list[Offer]:
        """What there is."""
        return [Offer(name="sandbox", level="missing", text="a stand-in: no processes are run")]

    def _serving(self, method: str) -> asyncio.TaskGroup:
        self._fail(method)
        if self._group is None:
            raise Retry("the runtime is not running")
        return self._group

    def _fail(self, method: str) -> None:
        if waiting := self._failures.get(method):
            raise waiting.pop(0)

    def _waiting(self, unit_id: str) -> "_Container":
        container = self._units.get(unit_id)
        if container is None or not container.waits:
            raise Failure("not-waiting", f"{unit_id} does not wait for a terminal")
        return container

    def _end(self) -> None:
        self._an_end.set()
        self._an_end = asyncio.Event()

    def _tell(self) -> None:
        self._said.set()
        self._said = asyncio.Event()


class _Text:
    """What a unit said; offsets count from its first byte, also when the beginning is forgotten."""

    def __init__(self) -> None:
        self._kept = b""
        self._start = 0
        self._last: list[bytes] = []

    def add(self, line: bytes) -> None:
        self._kept += line + b"\n"
        self._last = [*self._last[-9:], line]

    def since(self, offset: int) -> tuple[list[bytes], int]:
        text = self._kept[max(0, offset - self._start) :]
        lines = text.split(b"\n")[:-1]
        pieces = [
            line[start : start + _LINE_BYTES_MAX]
            for line in lines
            for start in range(0, max(len(line), 1), _LINE_BYTES_MAX)
        ]
        return pieces, self._start + len(self._kept)

    def forget(self, end: int) -> None:
        self._kept = self._kept[max(0, end - self._start) :]
        self._start = max(self._start, end)

    def last(self) -> str:
        """Its last lines, also forgotten ones."""
        return b"\n".join(self._last).decode(errors="replace")


class _Container:
    def __init__(self, unit: Unit, clock: Clock, output: _Text, told: Callable[[], None]) -> None:
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
        return self._state == "running"

    @property
    def is_live(self) -> bool:
        return self._state in {"starting", "running"} and self._started_at is not None and not self.is_stopped

    def usage(self) -> Usage:
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
        return self._state == "running" or self.unit.terminal or self.is_over

    async def live(self, delays: tuple[float, ...], warm_up: float) -> None:
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
        self._state = "stopping"
        self.cancel()
        if self.task is not None:
            await asyncio.wait([self.task])
        self.is_stopped = True
        self._told()
        self.over()

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()
        if self._place is not None:
            self._place.close()

    def status(self) -> Status:
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
        return await _run(command, environment, self._clock, said, self._serve, typed=typed)

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


async def _run(
    script: str,
    environment: Mapping[str, str],
    clock: Clock,
    said: Callable[[bytes], None],
    serve: Callable[[], Awaitable[None]],
    *,
    typed: Callable[[], Awaitable[bytes]] | None = None,
) -> int:
    for part in script.split(";"):
        word, _, rest = part.strip().partition(" ")
        if word == "echo":
            said(_expanded(rest, environment).encode())
        elif word == "sleep":
            await clock.sleep(float(rest))
        elif word == "exit":
            return int(rest)
        elif word == "cat" and typed is not None:
            while line := await typed():
                said(line)
        else:
            await serve()
    return 0


def _held_place() -> socket.socket:
    """A port that nobody else is given while this socket is open; it does not listen, so it takes no connection."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind((_LOOPBACK, 0))
    return place


async def _for_ever() -> None:
    await asyncio.Event().wait()


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    for name, value in environment.items():
        text = text.replace(f"${name}", value)
    return text
