"""A runtime without processes, in memory: verified by the same conformance suite as the real ones.

Its commands are in the little shell of `script.py`, with one word more: `cat PATH` says a file that was put into /tmp/uploads.
Whatever else a command says accepts connections on PORT, where the unit listens, answers HTTP with the unit's id, and runs
until it is stopped. With `fail_next` the next call of a method raises what it is given.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping

from headway.clock import Clock
from headway.errors import Failure, Retry, Trouble
from headway.runtimes.port import Errand, Offer, Output, Status, Task, Terminal, Unit, Usage
from headway.testing.container import MemoryContainer, Text
from headway.testing.script import run


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
        self._units: dict[str, MemoryContainer] = {}
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
            output = container.output if container else Text()
            container = MemoryContainer(unit, self._clock, output, self._tell)
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
        told: set[MemoryContainer] = set()
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
        ended: set[MemoryContainer] = set()
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
                return await run(
                    script,
                    task.environment,
                    self._clock,
                    lambda line: said(line + b"\n"),
                    asyncio.Event().wait,
                )
        except TimeoutError:
            raise Failure("timeout-error", f"{task.id} took longer than {task.seconds_max:g} s") from None

    def confined(self, errand: Errand) -> list[str]:
        """The errand's own: there is no sandbox here."""
        return list(errand.argv)

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

    def _waiting(self, unit_id: str) -> "MemoryContainer":
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
