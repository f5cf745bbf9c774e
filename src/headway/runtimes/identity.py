"""Who a process is, across the death of the control plane: boot id, pid and start time, and the lock it holds.

A pid alone names nobody: it is used again. What lives of a unit holds the unit's lock file open with a lock on
it, from before its first process is made until its last one is gone, so a free lock proves that nothing lives.
"""

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec

from headway.runtimes.trouble import SCARCE

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Identity(msgspec.Struct, frozen=True):
    """A process of one boot of this machine."""

    boot_id: str
    pid: int
    started: int
    """Its start time in clock ticks since the boot."""


def read(file: Path) -> Identity | None:
    """The identity that a launching shell wrote: its boot id, then its line of `/proc/PID/stat`; None if not whole."""
    try:
        boot_id, stat, end = file.read_text().split("\n")
        pid = int(stat.split(" ", 1)[0])
        return None if end else Identity(boot_id, pid, _started(stat))
    except (OSError, ValueError, IndexError):
        return None


def open_process(identity: Identity) -> int | None:
    """A descriptor that becomes readable when this process ends; None if it has ended."""
    if BOOT_ID.read_text().strip() != identity.boot_id:
        return None
    with contextlib.suppress(OSError):
        descriptor = os.pidfd_open(identity.pid)
        # Only now, with the pid pinned by the descriptor, does its start time prove anything.
        if _is_alive(identity.pid, identity.started):
            return descriptor
        os.close(descriptor)
    return None


def take_lock(file: Path) -> int | None:
    """A descriptor that holds the lock on `file`, or None while anybody else holds it."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_locked(file: Path) -> bool:
    """Whether anybody holds the lock on `file`; also while that cannot be told, because too many files are open."""
    if not file.exists():
        return False
    try:
        descriptor = take_lock(file)
    except OSError as error:
        if error.errno in SCARCE:
            return True
        raise
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def holds(pid: int, file: Path) -> bool:
    """Whether process `pid` has `file` open."""
    try:
        wanted = file.stat()
    except OSError:
        return False
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as links:
        for link in links:
            with contextlib.suppress(OSError):
                seen = os.stat(link.path)  # noqa: PTH116 - a Path for every descriptor of every process costs
                if (seen.st_ino, seen.st_dev) == (wanted.st_ino, wanted.st_dev):
                    return True
    return False


def holders(file: Path) -> Iterator[int]:
    """The pids of all processes that have `file` open, but for this one."""
    for pid in _pids():
        if pid != os.getpid() and holds(pid, file):
            yield pid


def children(pid: int) -> list[int]:
    """The pids of the children of process `pid`; none if it is gone."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def started(pid: int) -> int | None:
    """The start time of a process that lives, else None."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return None if _state(stat) in "ZX" else _started(stat)
    except (OSError, IndexError):
        return None


def command_line(pid: int) -> bytes:
    """The program that a process runs, with its arguments; empty if it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal; nothing if the process is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_alive(pid: int, since: int) -> bool:
    return started(pid) == since


def _pids() -> list[int]:
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - see holds
    return []


def _state(stat: str) -> str:
    return stat.rsplit(") ", 1)[1].split(" ", 1)[0]


def _started(stat: str) -> int:
    # The name in the second field may hold spaces and brackets: count from its last bracket.
    return int(stat.rsplit(") ", 1)[1].split(" ")[19])
