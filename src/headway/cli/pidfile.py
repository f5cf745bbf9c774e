"""Which process runs the control plane on a data folder: the one that holds a lock on a file there.

The lock goes with the process, however it ends, so that a number left behind by a dead one is never believed.
"""

import contextlib
import fcntl
import os
import select
import signal
from collections.abc import Generator
from pathlib import Path

from headway.errors import Conflict

NAME = "headway.pid"


@contextlib.contextmanager
def held(folder: Path) -> Generator[None]:
    """Be the control plane of the folder; Conflict where another process is."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"process {holder(folder)} already runs the platform in {folder}") from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def holder(folder: Path) -> int | None:
    """The process that runs the control plane of the folder, or None."""
    try:
        file = (folder / NAME).open()
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read().strip() or 0) or None
    return None


def end(pid: int, *, seconds: float) -> bool:
    """SIGTERM, and wait until the process is gone; whether it is."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        signal.pidfd_send_signal(descriptor, signal.SIGTERM)
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)
