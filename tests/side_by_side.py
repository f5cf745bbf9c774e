"""For what tests that run side by side, in processes of their own, want to have once."""

import contextlib
import fcntl
from collections.abc import Generator
from pathlib import Path


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Generator[None]:
    """Make the folder; nobody else is in such a block of the same folder meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
