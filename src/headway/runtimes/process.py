"""The process runtime: containers as sandboxed processes on this machine, which outlive the control plane.

    DATA/users/      which user each app has
    DATA/slugs/      copies of slugs that belong to their app's user
    DATA/units/ID/   one unit: see unit_folder
    DATA/tasks/ID/   one task: see task_run

`serve` adopts what the control plane before left, and supervises; without it nothing else works.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from headway.clock import Clock
from headway.errors import Failure, Retry
from headway.runtimes import cgroups, errands, machine, output, ports, process_spec
from headway.runtimes.attended import Attended
from headway.runtimes.container import Container, Surroundings
from headway.runtimes.listeners import Listeners
from headway.runtimes.machine import Machine
from headway.runtimes.one_run import OneRun
from headway.runtimes.port import Errand, Offer, Output, Status, Task, Terminal, Unit, Usage
from headway.runtimes.slugs import Slugs
from headway.runtimes.task_run import Tasks
from headway.runtimes.trouble import SCARCE, as_trouble
from headway.runtimes.unit_folder import State, UnitFolder, Wanted, remove_tree, remove_trees
from headway.runtimes.usage import Used, used
from headway.runtimes.users import Users
from headway.waiting import either

_READY_PAUSE_SECONDS = 0.002
_READY_PAUSE_MAX_SECONDS = 0.05
_MEMORY_PAUSE_SECONDS = 2
_SCARCE_PAUSE_SECONDS = 0.2
_FOLDER_MODE = 0o711


class Process:
    """Runs containers as processes. A Runtime, and a Service."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        abilities: Machine,
        *,
        crash_delays_seconds: Sequence[float],
        crash_warm_up_seconds: float,
        port_range: Sequence[int] = range(20000, 30000),
        first_user: int = 20000,
    ) -> None:
        self._clock = clock
        self._machine = abilities
        self._units = folder / "units"
        self._port_range = port_range
        self._first_port = folder.stat().st_ino if folder.exists() else 0
        users = Users(folder / "users", first_user)
        self._around = Surroundings(
            machine=abilities,
            clock=clock,
            users=users,
            slugs=Slugs(folder / "slugs"),
            listeners=Listeners(clock),
            crash_delays_seconds=tuple(crash_delays_seconds),
            crash_warm_up_seconds=crash_warm_up_seconds,
        )
        self._tasks = Tasks(folder / "tasks", clock, abilities, users)
        self._containers: dict[str, Container] = {}
        self._group: asyncio.TaskGroup | None = None
        self._lives: set[asyncio.Task[None]] = set()
        self._an_end = asyncio.Event()
        """Set, and replaced by a new one, when a unit that runs once has ended."""

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Adopt all containers, supervise them until `stop`, then let them go: they live on."""
        self._units.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        await self._tasks.clean()
        async with asyncio.TaskGroup() as group:
            try:
                self._group = group
                adopted = self._adopt()
                self._take(group.create_task(self._watch_memory()))
                self._take(group.create_task(self._around.listeners.watch()))
                for container in adopted:
                    await container.begun.wait()
                ready.set()
                await stop.wait()
            finally:
                self._group = None
                for life in self._lives:
                    life.cancel()
        if self._machine.groups is not None:
            cgroups.leave(self._machine.groups)

    async def ensure(self, unit: Unit) -> Status:
        """Start the unit unless it is there. Failure `no-space` when the disk is full."""
        container = self._containers.get(unit.id)
        if container is not None and container.state.stopping_until is not None:
            await container.gone.wait()
            container = self._containers.get(unit.id)
        if container is None or container.state.phase == "stopped":
            container = self._begin(unit, container)
        await container.begun.wait()
        if container.trouble is not None:
            raise container.trouble
        return container.status()

    async def ready(self, unit_id: str, *, seconds: float) -> Status:
        """Return once the unit does what it promised; Failure `timeout-error` or `crashed-error` if it does not."""
        self._serving()
        container = self._containers.get(unit_id)
        until = self._clock.monotonic() + seconds
        while container is not None and not container.is_up():
            _refuse_crashed(container)
            left = until - self._clock.monotonic()
            if left <= 0:
                text = f"{container.wanted.unit.label} did not accept connections on its port within {seconds:g} s"
                raise Failure("timeout-error", _with_output(text, container))
            await either(container.changed.wait(), self._clock.sleep(left))
        if container is None:
            raise Failure("crashed-error", f"{unit_id} is not there")
        return container.status()

    async def stop(self, unit_id: str, *, grace_seconds: float = 30) -> None:
        """SIGTERM, SIGKILL after the grace; return when nothing of it runs any more."""
        self._serving()
        container = self._containers.get(unit_id)
        if container is not None and container.state.phase != "stopped":
            container.stop(grace_seconds)
            await container.gone.wait()

    async def signal(self, unit_id: str, number: int) -> bool:
        """Send a signal to what the unit runs; whether it runs anything."""
        self._serving()
        container = self._containers.get(unit_id)
        return container is not None and await container.signal(signal.Signals(number))

    async def attach(self, unit_id: str) -> Terminal:
        """Start a unit that waits for its terminal. Failure `not-waiting` where it does not."""
        return self._attended(unit_id).attach()

    async def put(self, unit_id: str, name: str, chunks: AsyncIterator[bytes]) -> None:
        """Put a file into /tmp/uploads of a unit that waits for its terminal."""
        await self._attended(unit_id).put(name, chunks)

    async def ended(self, unit_id: str) -> Status | None:
        """Return once a unit that runs once has ended; None where it is not there."""
        self._serving()
        container = self._containers.get(unit_id)
        if not isinstance(container, OneRun):
            return None
        await either(container.over.wait(), container.gone.wait())
        return container.status()

    async def last_lines(self, unit_id: str) -> list[str]:
        """The last lines that it said."""
        container = self._containers.get(unit_id)
        return [] if container is None else container.folder.last_lines()

    async def ends(self) -> AsyncIterator[Status]:
        """Each unit that runs once and has ended. Never ends by itself."""
        told: set[Container] = set()
        while True:
            an_end = self._an_end
            there = [it for it in self._containers.values() if isinstance(it, OneRun) and it.over.is_set()]
            told &= set(there)
            for container in there:
                if container not in told and container.state.phase != "stopped":
                    told.add(container)
                    yield container.status()
            await an_end.wait()

    async def units(self, app_id: str | None = None) -> list[Status]:
        """All units that are there, of one app or of all, by label."""
        self._serving()
        found = [
            container.status()
            for container in self._containers.values()
            if container.state.phase != "stopped" and app_id in {None, container.wanted.unit.app_id}
        ]
        return sorted(found, key=lambda status: (status.label, status.id))

    async def usage(self, app_id: str | None = None) -> list[Usage]:
        """What each unit that runs uses now, of one app or of all, by label."""
        self._serving()
        found = [
            (it.wanted.unit, where)
            for it in list(self._containers.values())
            if app_id in {None, it.wanted.unit.app_id} and (where := it.found_by()) is not None
        ]
        # Some milliseconds for a hundred of them, and the kernel may take its time over one.
        usages = await asyncio.to_thread(lambda: [_usage(unit, used(where)) for unit, where in found])
        return sorted((it for it in usages if it is not None), key=lambda it: (it.label, it.id))

    def output(self, offsets: Mapping[str, int]) -> AsyncIterator[Output]:
        """The output of all units, each from its offset. Never ends by itself."""
        return output.follow(self._units, offsets)

    async def forget_output(self, unit_id: str, end: int) -> bool:
        """Free the disk that output before `end` takes; of a stopped unit that was all, free everything."""
        while True:
            try:
                return await self._forget_output(unit_id, end)
            except OSError as error:
                if error.errno not in SCARCE:
                    raise
            await self._clock.sleep(_SCARCE_PAUSE_SECONDS)

    async def _forget_output(self, unit_id: str, end: int) -> bool:
        self._serving()
        container = self._containers.get(unit_id)
        if container is None:
            return True
        if container.state.phase != "stopped" or container.folder.output_bytes() > end:
            container.forget_output(end)
            return False
        del self._containers[unit_id]
        # Little is left of it, and nobody is to begin it anew in a folder that is being removed.
        container.folder.remove()
        if unused := self._around.slugs.put_aside(self._used_slugs()):
            await asyncio.to_thread(remove_trees, unused)
        return True

    async def perform(self, task: Task, said: Callable[[bytes], None]) -> int:
        """Run the task to its end and return its exit code. Cancelling kills the whole tree before it returns."""
        return await self._tasks.perform(task, said)

    def confined(self, errand: Errand) -> list[str]:
        """The command line with which to start it. Blocks. Retry where there is trouble with its folder."""
        its, machine = self._around.users, self._machine
        try:
            user = its.of(errand.app_id) if machine.root and machine.bwrap else machine.uid
            errands.hand_over(errand.folder, user)
            return errands.argv(machine, errand, its.etc(user), user if machine.root else None)
        except OSError as trouble:
            raise as_trouble(trouble, errand.argv[0]) from trouble

    def offers(self) -> list[Offer]:
        """What this machine offers, in words."""
        return machine.offers(self._machine)

    def _serving(self) -> asyncio.TaskGroup:
        if self._group is None:
            raise Retry("the process runtime is not running")
        return self._group

    def _take(self, life: asyncio.Task[None]) -> None:
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)

    def _adopt(self) -> list[Container]:
        """Take over all units that are on disk; those that are not stopped."""
        self._containers = {}
        for path in self._units.iterdir():
            folder = UnitFolder(path)
            if (wanted := folder.wanted()) is None:
                remove_tree(path)
            else:
                self._containers[path.name] = _container(folder, wanted, folder.state(), self._around)
        adopted = [container for container in self._containers.values() if container.state.phase != "stopped"]
        self._remove_groups({container.group_name() for container in adopted})
        remove_trees(self._around.slugs.put_aside(self._used_slugs(), making=False))
        for container in adopted:
            self._take(self._serving().create_task(self._live(container)))
        return adopted

    def _remove_groups(self, kept: set[str]) -> None:
        if (groups := self._machine.groups) is not None:
            for name in cgroups.names(groups) - kept:
                with contextlib.suppress(OSError):
                    cgroups.remove(groups, name)

    def _used_slugs(self) -> set[tuple[Path, int]]:
        return {
            (wanted.unit.slug, self._machine.uid if wanted.user is None else wanted.user)
            for wanted in (container.wanted for container in self._containers.values())
        }

    def _begin(self, unit: Unit, before: Container | None) -> Container:
        group = self._serving()
        assert process_spec.is_id(unit.id), f"{unit.id} is not an id"
        folder = UnitFolder(self._units / unit.id)
        try:
            wanted = Wanted(unit=unit, port=self._port(unit), user=self._user(unit.app_id))
        except OSError as error:
            raise as_trouble(error, unit.label) from error
        state = State(run=before.state.run if before else 0)
        container = _container(folder, wanted, state, self._around)
        self._containers[unit.id] = container
        self._take(group.create_task(self._live(container)))
        return container

    def _user(self, app_id: str) -> int | None:
        return self._around.users.of(app_id) if self._machine.root else None

    def _port(self, unit: Unit) -> int | None:
        if not unit.listens:
            return None
        there = [container for container in self._containers.values() if container.state.phase != "stopped"]
        taken = {container.wanted.port for container in there if container.wanted.port is not None}
        port = ports.choose(self._port_range, taken, self._first_port)
        # The next unit gets another port even if this one is free again: a router may still send requests here.
        self._first_port = self._port_range.index(port) + 1
        return port

    def _attended(self, unit_id: str) -> Attended:
        self._serving()
        container = self._containers.get(unit_id)
        if not isinstance(container, Attended):
            raise Failure("not-waiting", f"{unit_id} does not wait for a terminal")
        return container

    async def _tell_end(self, container: OneRun) -> None:
        await container.over.wait()
        self._an_end.set()
        self._an_end = asyncio.Event()

    async def _live(self, container: Container) -> None:
        if isinstance(container, OneRun):
            self._take(self._serving().create_task(self._tell_end(container)))
        await container.live()
        if container.trouble is not None and container.state.run == 0:
            self._containers.pop(container.wanted.unit.id, None)
            await asyncio.to_thread(container.folder.remove)

    async def _watch_memory(self) -> None:
        while True:
            await self._clock.sleep(_MEMORY_PAUSE_SECONDS)
            for container in self._containers.values():
                container.watch_memory()


def _container(folder: UnitFolder, wanted: Wanted, state: State, around: Surroundings) -> Container:
    kind = Attended if wanted.unit.terminal else OneRun if wanted.unit.once else Container
    return kind(folder, wanted, state, around)


def _usage(unit: Unit, it: Used | None) -> Usage | None:
    if it is None:
        return None
    told, limit = msgspec.structs.asdict(it), unit.size.memory_bytes
    return Usage(id=unit.id, app_id=unit.app_id, label=unit.label, memory_limit_bytes=limit, **told)


def _refuse_crashed(container: Container) -> None:
    label, state = container.wanted.unit.label, container.state
    if state.stopping_until is not None or state.phase == "stopped":
        raise Failure("crashed-error", f"{label} was stopped before it was ready")
    if state.crashes:
        how = state.reason or f"exited with status {state.exit_code}"
        why = ", and the disk is full" if container.folder.has_no_room() else ""
        text = f"{label} ended before it was ready: {how}{why}"
        raise Failure("crashed-error", _with_output(text, container))


def _with_output(text: str, container: Container) -> str:
    return "\n".join([text, *container.folder.last_lines()])
