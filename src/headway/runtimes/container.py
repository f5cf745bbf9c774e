"""The life of one unit, from its folder on disk to its end: one task, which walks forward through `live`.

All that it decides is on disk before it is done, so that the life can be cut off anywhere and taken up by the
next control plane: `_settle` finds out what of it lives.
"""

import asyncio
import contextlib
import logging
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import msgspec

from headway.clock import SECOND, Clock
from headway.errors import Failure, Retry
from headway.runtimes import cgroups, identity, output, ports, process_spec
from headway.runtimes.crash_policy import after_end
from headway.runtimes.listeners import Listeners
from headway.runtimes.machine import Machine
from headway.runtimes.port import Status
from headway.runtimes.process_spec import Place, Sandbox
from headway.runtimes.run import Run, spawn
from headway.runtimes.slugs import Slugs, copy_tree
from headway.runtimes.trouble import as_trouble
from headway.runtimes.unit_folder import State, UnitFolder, Wanted, remove_tree
from headway.runtimes.usage import Found
from headway.runtimes.users import Users
from headway.waiting import either, readable

_log = logging.getLogger(__name__)
_LAUNCH_PAUSE_SECONDS = 0.002
_KILLED = 137
_FORGET_BYTES = 1 << 20
_STOP_PAUSE_MAX_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What all containers share."""

    machine: Machine
    clock: Clock
    users: Users
    slugs: Slugs
    listeners: Listeners
    crash_delays_seconds: tuple[float, ...]
    crash_warm_up_seconds: float


class Container:
    """One unit that is there, or was."""

    def __init__(self, folder: UnitFolder, wanted: Wanted, state: State, around: Surroundings) -> None:
        self.wanted = wanted
        self.folder = folder
        self.state = state
        self.accepting = False
        """Whether this run has accepted a connection."""
        self.trouble: Exception | None = None
        """Why the first start could not even be tried."""
        self.changed = asyncio.Event()
        """Set, and replaced by a new one, when anything of the above has changed."""
        self.begun = asyncio.Event()
        """Set when the first start has been tried, or the unit has been adopted."""
        self.gone = asyncio.Event()
        """Set when nothing of it runs any more."""
        self._around = around
        self._run: Run | None = None
        self._stop = asyncio.Event()
        self._oom_kills = 0
        self._forgotten = 0
        self._is_new = state.phase == "new"

    def status(self) -> Status:
        """How it is."""
        port = self.wanted.port
        return Status(
            id=self.wanted.unit.id,
            app_id=self.wanted.unit.app_id,
            label=self.wanted.unit.label,
            state=self._state(),
            address=None if port is None else (ports.LOOPBACK, port),
            started_at=self.state.started_at,
            crashes=self.state.crashes,
            exit_code=self.state.exit_code,
        )

    def _state(self) -> str:
        if self.state.stopping_until is not None:
            return "stopping"
        if self.state.phase == "running":
            return "running" if self.accepting or not self.wanted.unit.listens else "starting"
        return {"new": "starting", "ended": "waiting"}.get(self.state.phase, "crashed")

    def stop(self, grace_seconds: float) -> None:
        """Decide, for good, that it is to be stopped. A second decision can only bring the end nearer."""
        until = self._around.clock.now() + round(grace_seconds * SECOND)
        if self.state.stopping_until is not None:
            until = min(until, self.state.stopping_until)
        self._keep(msgspec.structs.replace(self.state, stopping_until=until), durably=True)
        self._stop.set()

    async def live(self) -> None:
        """Keep it running until it is stopped. Cancelled, it lets go, and the container lives on."""
        try:
            await self._begin()
            while self.state.stopping_until is None:
                if self._run is None:
                    await self._start_when_due()
                else:
                    await self._watch(self._run)
            await self._bring_down()
        finally:
            if self._run is not None:
                self._run.close()
            self.begun.set()

    def is_up(self) -> bool:
        """Whether it does what it promised: run, and accept connections if it listens."""
        running = self.state.phase == "running" and self._run is not None and not self._run.is_over()
        return running and (self.accepting or not self.wanted.unit.listens)

    async def signal(self, number: signal.Signals) -> bool:
        """Send a signal to what it runs; whether it runs anything."""
        return self._run is not None and self._run.signal(number)

    def found_by(self) -> Found | None:
        """By what its present run is found; None where it has none."""
        return self._run and self._run.found_by()

    def forget_output(self, end: int) -> None:
        """Free the disk of output before `end`: at once if that is all, by and by of one that talks without end."""
        if end - self._forgotten >= _FORGET_BYTES or self.folder.output_bytes() <= end:
            output.punch(self.folder.out, end)
            self._forgotten = end

    def watch_memory(self) -> None:
        """Say so in its output if part of it was killed because its memory was used up."""
        if self._run is not None and (kills := self._run.oom_kills()) > self._oom_kills:
            self._oom_kills = kills
            self.folder.say(f"{self.wanted.unit.label}: {self._out_of_memory()}")

    async def _begin(self) -> None:
        try:
            if self._is_new:
                await asyncio.to_thread(self.folder.begin, self.wanted, self.state)
            await self._settle()
            if self._run is None and self._is_due():
                await self._start()
        except (OSError, Failure, Retry) as error:
            trouble = as_trouble(error, self.wanted.unit.label)
            if self._is_new:
                self.trouble = trouble
                self.state = msgspec.structs.replace(self.state, stopping_until=0)
            else:
                self._ended(126, f"could not be started: {trouble}")
        self.begun.set()

    def _is_due(self) -> bool:
        """Whether it is to be started now that it is known to have no run."""
        return self.state.phase in {"new", "running"}

    async def _settle(self) -> None:
        """Find out what lives of it, and take it over."""
        if self.state.phase != "running" and identity.is_locked(self.folder.lock):
            # It was started, and the disk was too full to say so.
            self.state = msgspec.structs.replace(self.state, run=self.folder.last_run(), phase="running")
        if self.state.phase != "running":
            return
        folder = self.folder.run(self.state.run)
        while (who := identity.read(folder / "identity")) is None and identity.is_locked(self.folder.lock):
            # Its launching shell has been made and has not yet written down who it is.
            await self._around.clock.sleep(_LAUNCH_PAUSE_SECONDS)
        if who is None:
            return
        descriptor = identity.open_process(who)
        if descriptor is not None:
            self._adopt(descriptor, who.pid)
        else:
            await self._bury()

    async def _bury(self) -> None:
        """Its outer process ended while nobody watched: see that all of it has, and how it ended."""
        ended, done = os.pipe()
        os.close(done)
        self._adopt(ended, 0)
        self._oom_kills = 0
        if self.state.stopping_until is None:
            await self._ended_by_itself(self._taken())

    def _adopt(self, descriptor: int, pid: int) -> None:
        number = self.state.run
        groups = self._around.machine.groups
        self._run = Run(
            descriptor,
            pid,
            folder=self.folder.run(number),
            lock=self.folder.lock,
            clock=self._around.clock,
            group=None if groups is None else (groups, self.group_name()),
        )
        self._oom_kills = self._run.oom_kills()

    def group_name(self) -> str:
        """The name of the control group of this run."""
        return f"{self.wanted.unit.id}.{self.state.run}"

    def _taken(self) -> Run:
        assert self._run is not None, f"{self.wanted.unit.id} has no run"
        return self._run

    async def _start_when_due(self) -> None:
        if self.state.phase == "crashed":
            await self._stop.wait()
            return
        wait = ((self.state.restart_at or 0) - self._around.clock.now()) / SECOND
        await either(self._stop.wait(), self._around.clock.sleep(wait))
        if self._stop.is_set():
            return
        try:
            await self._start()
        except (OSError, Failure, Retry) as error:
            self._ended(126, f"could not be started: {as_trouble(error, self.wanted.unit.label)}")

    async def _start(self) -> None:
        number = self.state.run + (self.state.phase != "running")
        place = await asyncio.to_thread(self._prepare, self.folder.run(number))
        if self.state.stopping_until is not None:
            return
        state = msgspec.structs.replace(
            self.state,
            run=number,
            phase="running",
            started_at=self._around.clock.now(),
            restart_at=None,
            reason="",
        )
        self.folder.save(state)
        self.state, self.accepting = state, False
        self._spawn(place)
        self._tell()

    def _prepare(self, folder: Path) -> Place:
        """Lay out the folder of a run. Blocks."""
        wanted, machine = self.wanted, self._around.machine
        machine.check()
        user = machine.uid if wanted.user is None else wanted.user
        remove_tree(folder.parent)
        folder.parent.mkdir(mode=0o711)
        for part in (folder, folder / "tmp", folder / "upper", folder / "work"):
            part.mkdir(mode=0o711)
        self._furnish(folder)
        app = folder / "app"
        if machine.overlay:
            app = self._around.slugs.fit(wanted.unit.slug, user)
        else:
            copy_tree(wanted.unit.slug, app, user)
        place = Place(folder=folder, app=app, etc=self._around.users.etc(user))
        (folder / "start").write_text(self._script(place))
        for part, mode in (("tmp", 0o700), ("upper", 0o755), ("start", 0o400)):
            (folder / part).chmod(mode)
            if wanted.user is not None:
                os.chown(folder / part, user, user)
        return place

    def _furnish(self, folder: Path) -> None:
        """Put what it finds at its start into the folder of a run, while that still belongs to us. Blocks."""

    def _script(self, place: Place) -> str:
        unit, machine = self.wanted.unit, self._around.machine
        environment = dict(unit.environment)
        if self.wanted.port is not None:
            environment["PORT"] = str(self.wanted.port)
        run = process_spec.command_line(machine, unit.command)
        return process_spec.start_script(machine, place, run, environment)

    def _spawn(self, place: Place) -> None:
        machine, unit = self._around.machine, self.wanted.unit
        enter: list[Path] = []
        if machine.groups is not None:
            enter = cgroups.make(machine.groups, self.group_name(), unit.size, boots=unit.listens)
        lock = identity.take_lock(self.folder.lock)
        if lock is None:
            raise Retry(f"something of {unit.label} lives still")
        with contextlib.ExitStack() as opened:
            opened.callback(os.close, lock)
            # Once it lives there must be a descriptor to hold it by.
            kept = os.dup(lock)
            argv = process_spec.argv(machine, place, self._sandbox(), enter)
            try:
                pid = self._launch(argv, place, lock)
            finally:
                os.close(kept)
            self._adopt(os.pidfd_open(pid), pid)

    def _sandbox(self) -> Sandbox:
        unit = self.wanted.unit
        host_name = unit.environment.get("HOSTNAME", unit.label)
        return Sandbox(user=self.wanted.user, host_name=host_name, overlay=self._around.machine.overlay)

    def _launch(self, argv: list[str], place: Place, lock: int) -> int:
        """Start the chain; its pid."""
        output = os.open(self.folder.out, os.O_WRONLY | os.O_APPEND)
        try:
            return spawn(argv, folder=place.folder, lock=lock, output=output)
        finally:
            os.close(output)

    async def _watch(self, run: Run) -> None:
        await either(self._stop.wait(), readable(run.descriptor), self._boot())
        if not self._stop.is_set():
            await self._ended_by_itself(run)

    async def _boot(self) -> None:
        """Find out when it accepts connections; never returns."""
        if self.wanted.port is not None and not self.accepting:
            await self._around.listeners.accepting(self.wanted.port)
            self.accepting = True
            self._give_its_share()
            self._tell()
        await asyncio.Event().wait()

    def _give_its_share(self) -> None:
        if (groups := self._around.machine.groups) is not None:
            cgroups.booted(groups, self.group_name(), self.wanted.unit.size)

    async def _ended_by_itself(self, run: Run) -> None:
        await run.kill()
        code = run.exit_code()
        killed = run.oom_kills() > (0 if code == _KILLED else self._oom_kills)
        reason = self._out_of_memory() if killed else f"exited with status {code}"
        self._ended(code, reason)

    def _ended(self, code: int, reason: str) -> None:
        """Write down that a run ended by itself, and what follows."""
        now = self._around.clock.now()
        verdict = after_end(
            self.state.crashes,
            (now - (self.state.started_at or now)) / SECOND,
            delays_seconds=self._around.crash_delays_seconds,
            warm_up_seconds=self._around.crash_warm_up_seconds,
        )
        delay = verdict.delay_seconds
        state = msgspec.structs.replace(
            self.state,
            phase="crashed" if delay is None else "ended",
            crashes=verdict.crashes,
            exit_code=code,
            reason=reason,
            restart_at=None if delay is None else now + round(delay * SECOND),
        )
        self._let_go()
        follows = (
            "stays down" if delay is None else f"starts again in {delay:g} s" if delay else "starts again"
        )
        self.folder.say(f"{self.wanted.unit.label}: {reason}, {follows}")
        self._keep(state)

    def _let_go(self) -> None:
        self.accepting = False
        if self._run is None:
            return
        self._run.close()
        self._run = None
        if (groups := self._around.machine.groups) is not None:
            with contextlib.suppress(OSError):
                cgroups.remove(groups, self.group_name())

    async def _bring_down(self) -> None:
        code = self.state.exit_code
        if self._run is not None:
            await self._terminate(self._run)
            await self._run.kill()
            code = self._run.exit_code()
            self._let_go()
        await asyncio.to_thread(remove_tree, self.folder.path / "runs")
        self.folder.end_line()
        state = msgspec.structs.replace(self.state, phase="stopped", stopping_until=None, exit_code=code)
        self._keep(state, durably=True)
        self.gone.set()

    async def _terminate(self, run: Run) -> None:
        pause = _LAUNCH_PAUSE_SECONDS
        while self._around.clock.now() < (self.state.stopping_until or 0) and not run.is_empty():
            run.terminate()
            await self._around.clock.sleep(pause)
            pause = min(1.5 * pause, _STOP_PAUSE_MAX_SECONDS)

    def _keep(self, state: State, *, durably: bool = False) -> None:
        """Keep a state that is true whether or not it can be written: a full disk stops no supervision."""
        self.state = state
        self._tell()
        try:
            self.folder.save(state, durably=durably)
        except OSError as error:
            _log.warning("the state of %s is not on disk: %s", self.wanted.unit.id, error)

    def _tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def _out_of_memory(self) -> str:
        return f"killed: out of memory, limit {self.wanted.unit.size.memory_bytes >> 20} MB"
