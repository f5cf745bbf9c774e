"""How much disk a task takes: looked at now and then, since no file system here can be asked to mind it.

What was deleted and is still open counts as well. Between two looks the free space of the disk is watched, which
costs nothing: it tells when it is time for the next look, and when the disk is about to be full.
"""

import asyncio
import os
import stat
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from headway.clock import Clock

PAUSE_SECONDS = 0.5
PAUSES_PER_LOOK = 10
"""A look at many files takes long: then the pauses are so many times as long, so that looking costs little."""
FREE_BYTES_MIN = 256 << 20
"""With less of it free, or with a twentieth of it where that is less, the disk is about to be full."""
_FREE_SHARE_MIN = 20
_BLOCK = 512


async def overfull(
    folders: Sequence[Path],
    bytes_max: int,
    clock: Clock,
    processes: Callable[[], Callable[[], Collection[int]]] = lambda: frozenset,
) -> bool:
    """Return once the folders, and what the processes keep open of deleted files, hold more than that: True.

    Before each look `processes` is asked for what will tell their pids in another thread.

    False where the disk of the first folder is about to be full, whoever fills it. Cancelled, nothing of it goes on.
    """
    stop = threading.Event()
    try:
        while True:
            begun = clock.monotonic()
            size = await asyncio.to_thread(_size, folders, processes(), bytes_max, stop)
            if size > bytes_max:
                return True
            pause = max(PAUSE_SECONDS, PAUSES_PER_LOOK * (clock.monotonic() - begun))
            if await _fills_up(folders[0], bytes_max - size, pause, clock):
                return False
    finally:
        stop.set()


async def _fills_up(folder: Path, room: int, seconds: float, clock: Clock) -> bool:
    """Wait so long, or until the disk has lost so many bytes; whether it is about to be full."""
    until, free = clock.monotonic() + seconds, _free(folder)[0]
    while True:
        await clock.sleep(PAUSE_SECONDS)
        now, least = _free(folder)
        if now < least:
            return True
        if free - now > room or clock.monotonic() >= until:
            return False


def _free(folder: Path) -> tuple[int, int]:
    """How many bytes of its disk are free, and how many should be."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize, min(
        FREE_BYTES_MIN, told.f_blocks * told.f_frsize // _FREE_SHARE_MIN
    )


def _size(
    folders: Sequence[Path], processes: Callable[[], Collection[int]], enough: int, stop: threading.Event
) -> int:
    """Bytes on disk, of all of them; no more is counted than is enough. What vanishes meanwhile counts nothing."""
    size, waiting = _deleted(processes()), [os.fspath(it) for it in folders]
    while waiting and size <= enough and not stop.is_set():
        try:
            with os.scandir(waiting.pop()) as inside:
                for entry in inside:
                    size += _BLOCK * entry.stat(follow_symlinks=False).st_blocks
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return size


def _deleted(pids: Collection[int]) -> int:
    """Bytes on disk of files that have no name any more, and that the processes have open."""
    found: dict[tuple[int, int], int] = {}
    for pid in pids:
        try:
            with os.scandir(f"/proc/{pid}/fd") as inside:
                for it in map(os.DirEntry[str].stat, inside):
                    if it.st_nlink == 0 and stat.S_ISREG(it.st_mode):
                        found[it.st_dev, it.st_ino] = _BLOCK * it.st_blocks
        except OSError:
            continue
    return sum(found.values())
