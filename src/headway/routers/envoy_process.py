"""The one Envoy of a folder: starting it, finding it again, ending it.

Envoy inherits a lock on a file in its folder and holds it as long as it lives. The lock is taken before Envoy is
started, so there is no moment, not even the death of the control plane right after the start, in which a second
one could be started; and it is how a running Envoy is known again. Nothing written down can be wrong about it.
"""

import asyncio
import fcntl
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from headway.clock import Clock
from headway.errors import Retry

LOCK = "envoy.lock"
OUTPUT = "envoy.log"
BOOTSTRAP = "bootstrap.json"
_FIND_SECONDS = 5
_PAUSE = 0.005
_ATTEMPTS = 3


class Process:
    """A running Envoy, held by a pidfd: it cannot be mistaken for a later process with its number."""

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self._pidfd = pidfd

    async def ended(self) -> None:
        """Return once it runs no more."""
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._pidfd, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(self._pidfd)
        with suppress(ChildProcessError):
            # Ours to bury only where this process adopts orphans, as the first process of a container does.
            os.waitpid(self.pid, os.WNOHANG)  # noqa: ASYNC222  it does not wait

    async def end(self, *, grace_seconds: float) -> None:
        """SIGTERM, and SIGKILL after the grace; return once it runs no more."""
        self._send(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace_seconds):
                await self.ended()
        except TimeoutError:
            self._send(signal.SIGKILL)
            await self.ended()

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._pidfd)


async def start_or_adopt(folder: Path, argv: Sequence[str], clock: Clock) -> tuple[Process, bool]:
    """The Envoy of the folder, and whether it was started just now. Retry if it cannot be found in time."""
    for _ in range(_ATTEMPTS):
        # One that another control plane began, and that died with it, may have held the lock a moment ago.
        started = await asyncio.to_thread(_start, folder, argv)
        process = await running(folder, clock)
        if process is not None:
            break
    else:
        raise Retry(f"Envoy ended at once: {last_words(folder)}")
    return process, started


async def running(folder: Path, clock: Clock) -> Process | None:
    """The Envoy that runs in the folder, if any; one that is being started is waited for."""
    deadline = clock.monotonic() + _FIND_SECONDS
    while not _is_free(folder):
        if process := await asyncio.to_thread(_find, folder):
            return process
        if clock.monotonic() > deadline:
            raise Retry(f"{folder / LOCK} is held, but not by an Envoy")
        await clock.sleep(_PAUSE)
    return None


def last_words(folder: Path) -> str:
    """The last error, or else the last line, that Envoy wrote to its output, for people."""
    with suppress(FileNotFoundError):
        lines = (folder / OUTPUT).read_bytes()[-8000:].decode(errors="replace").splitlines()
        errors = [line for line in lines if "[error]" in line or "[critical]" in line]
        return (errors or lines or [""])[-1]
    return ""


def _start(folder: Path, argv: Sequence[str]) -> bool:
    """Start Envoy unless the folder has one."""
    lock = _open_lock(folder)
    try:
        if not _take(lock):
            return False
        with (folder / OUTPUT).open("ab") as output:
            # The shell is gone at once, so that Envoy is nobody's child: started or adopted, it is the same.
            subprocess.run(
                ["/bin/sh", "-c", 'ulimit -n "$(ulimit -H -n)"; "$@" &', "sh", *argv],
                cwd=folder,
                env={},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(lock,),
                start_new_session=True,
                check=True,
            )
        return True
    finally:
        os.close(lock)


def _is_free(folder: Path) -> bool:
    try:
        lock = _open_lock(folder)
    except FileNotFoundError:
        return True
    try:
        return _take(lock)
    finally:
        os.close(lock)


def _open_lock(folder: Path) -> int:
    return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _find(folder: Path) -> Process | None:
    lock = (folder / LOCK).stat()
    for folder_of in Path("/proc").glob("[0-9]*"):
        if not _is_holder(folder_of, lock):
            continue
        with suppress(ProcessLookupError):
            pid = int(folder_of.name)
            pidfd = os.pidfd_open(pid)
            # Asked again with the pidfd in hand: from here on the number cannot pass to another process.
            if _is_holder(folder_of, lock):
                return Process(pid, pidfd)
            os.close(pidfd)
    return None


def _is_holder(process: Path, lock: os.stat_result) -> bool:
    """Whether this is an Envoy that holds the lock, not the shell or the control plane that passes it on."""
    try:
        if not (process / "exe").readlink().name.startswith("envoy"):
            return False
        return any(_is_same(file, lock) for file in (process / "fd").iterdir())
    except OSError:
        return False


def _is_same(file: Path, lock: os.stat_result) -> bool:
    try:
        return os.path.samestat(file.stat(), lock)
    except OSError:
        return False
