"""How much disk a task takes: looked at now and then, since no file system here can be asked to mind it."""

import asyncio
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from headway.clock import Clock

PAUSE_SECONDS = 0.5
PAUSES_PER_LOOK = 10
"""A look at many files takes long: then the pauses are so many times as long, so that looking costs little."""


async def overfull(folders: Sequence[Path], bytes_max: int, clock: Clock) -> None:
    """Return once the folders hold more than that; cancelled, nothing of it goes on."""
    stop = threading.Event()
    try:
        while True:
            begun = clock.monotonic()
            if await asyncio.to_thread(_size, folders, bytes_max, stop) > bytes_max:
                return
            await clock.sleep(max(PAUSE_SECONDS, PAUSES_PER_LOOK * (clock.monotonic() - begun)))
    finally:
        stop.set()


def _size(folders: Sequence[Path], enough: int, stop: threading.Event) -> int:
    """Bytes on disk, below all of them; no more is counted than is enough. What vanishes meanwhile counts nothing."""
    size, waiting = 0, [os.fspath(it) for it in folders]
    while waiting and size <= enough and not stop.is_set():
        try:
            with os.scandir(waiting.pop()) as inside:
                for entry in inside:
                    size += 512 * entry.stat(follow_symlinks=False).st_blocks
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return size
