"""One run of a unit: made, adopted, signalled, killed with all that it started, and what came of it."""

import contextlib
import json
import os
import select
import signal
from pathlib import Path

from headway.clock import Clock
from headway.runtimes import cgroups, identity, process_spec
from headway.runtimes.cgroups import Groups
from headway.runtimes.usage import Found

_CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
_KILLED = 128 + signal.SIGKILL
_DEFAULT = [
    *(signal.SIGPIPE, signal.SIGXFSZ),
    # Ignored where the control plane was started in the background, and that is handed down.
    *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU),
]
_PAUSE_MAX_SECONDS = 0.05
_TOLD_MAX = 4


def spawn(argv: list[str], *, folder: Path, lock: int, output: int, input: str = "/dev/null") -> int:
    """Start the chain in its own session, holding the lock, its output to `output`; the pid.

    A terminal as `input` does not become the session's own: that is up to a program further down the chain.
    """
    status = folder / "status"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        argv[0],
        argv,
        _CLEAN,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
            (os.POSIX_SPAWN_DUP2, lock, process_spec.LOCK_DESCRIPTOR),
            (os.POSIX_SPAWN_OPEN, process_spec.STATUS_DESCRIPTOR, str(status), flags, 0o600),
            (os.POSIX_SPAWN_OPEN, 0, input, os.O_RDWR | os.O_NOCTTY, 0),
        ],
        setsid=True,
        setsigmask=[],
        setsigdef=_DEFAULT,
    )


class Run:
    """A run whose first process, the outer one, lives or lived: a child of ours or an adopted process."""

    def __init__(
        self,
        descriptor: int,
        pid: int,
        *,
        folder: Path,
        lock: Path,
        clock: Clock,
        group: tuple[Groups, str] | None,
    ) -> None:
        self.descriptor = descriptor
        """Readable when the outer process has ended."""
        self._pid = pid
        self._folder = folder
        self._lock = lock
        self._clock = clock
        self._group = group
        self._init: int | None = None
        self._init_descriptor: int | None = None
        self._reaped: int | None = None
        self._told: dict[tuple[int, int | None], list[bytes]] = {}

    def is_over(self) -> bool:
        """Whether the outer process has ended; others may live on."""
        return _is_readable(self.descriptor)

    def terminate(self) -> None:
        """SIGTERM to each process directly below the container's init that has not had one.

        A shell that is about to become another program can lose a signal between the two, so that a process
        that has become another program is told once more, and a few times at most: some change their name often.
        """
        for pid in self._entries():
            process = (pid, identity.started(pid))
            seen = self._told.setdefault(process, [])
            program = identity.command_line(pid)
            if program not in seen and len(seen) < _TOLD_MAX:
                seen.append(program)
                identity.send(pid, signal.SIGTERM)

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal to each process directly below the container's init; whether there is one."""
        entries = self._entries()
        for pid in entries:
            identity.send(pid, number)
        return bool(entries)

    def is_empty(self) -> bool:
        """Whether nothing of the run lives any more."""
        return (
            self.is_over()
            and self._init_is_gone()
            and not self._members()
            and not identity.is_locked(self._lock)
        )

    async def kill(self) -> None:
        """SIGKILL to all; return when nothing lives."""
        pause = 0.001
        while not self.is_empty():
            for pid in self._members() or list(identity.holders(self._lock)):
                identity.send(pid, signal.SIGKILL)
            await self._clock.sleep(pause)
            pause = min(2 * pause, _PAUSE_MAX_SECONDS)

    def exit_code(self) -> int:
        """How it ended: as the sandbox wrote it, else as its parent saw it, else as killed."""
        self._reap()
        for line in _lines(self._folder / "status"):
            if isinstance(code := line.get("exit-code"), int):
                return code
        return _KILLED if self._reaped is None else self._reaped

    def found_by(self) -> Found:
        """What `usage.used` needs to know; that may be asked in another thread."""
        return Found(group=self._group, init=None if self._group else self._find_init(), lock=self._lock)

    def oom_kills(self) -> int:
        """How many processes of the run were killed because memory was used up."""
        return cgroups.oom_kills(*self._group) if self._group else 0

    def close(self) -> None:
        """Let go of it: it lives on."""
        for descriptor in (self.descriptor, self._init_descriptor):
            if descriptor is not None:
                os.close(descriptor)
        self._init_descriptor = None

    def _entries(self) -> list[int]:
        init = self._find_init()
        if init is not None:
            return identity.children(init)
        return identity.children(self._pid) or list(identity.holders(self._lock))

    def _members(self) -> set[int]:
        if self._group is not None:
            return cgroups.processes(*self._group)
        init = self._find_init()
        if init is not None:
            return set() if self._init_is_gone() else {init}
        return set(identity.holders(self._lock)) if identity.is_locked(self._lock) else set()

    def _find_init(self) -> int | None:
        if self._init is None:
            for line in _lines(self._folder / "status"):
                if isinstance(pid := line.get("child-pid"), int):
                    self._pin(pid)
        return self._init

    def _pin(self, pid: int) -> None:
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(pid)
            # The pid may be somebody else's by now; only the container's init holds the lock.
            if identity.holds(pid, self._lock):
                self._init, self._init_descriptor = pid, descriptor
            else:
                os.close(descriptor)

    def _init_is_gone(self) -> bool:
        self._find_init()
        return self._init_descriptor is None or _is_readable(self._init_descriptor)

    def _reap(self) -> None:
        with contextlib.suppress(OSError):
            done = os.waitid(os.P_PIDFD, self.descriptor, os.WEXITED | os.WNOHANG)
            if done is not None:
                exited = done.si_code == os.CLD_EXITED
                self._reaped = done.si_status if exited else 128 + done.si_status


def _is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _lines(file: Path) -> list[dict[str, object]]:
    with contextlib.suppress(OSError, ValueError):
        return [json.loads(line) for line in file.read_text().splitlines()]
    return []
