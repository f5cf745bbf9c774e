"""The limit of everything that promises to be on disk: 4 KiB appended and synced, over and over."""

import os
import time
from statistics import median

from loop import given, tell

PIECE = b"x" * 4096


def main(file: str, seconds: float) -> None:
    """A second; milliseconds each, in the middle."""
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        os.write(descriptor, PIECE)
        os.fdatasync(descriptor)
        taken.append(time.perf_counter() - began)
    tell({"rate": len(taken) / sum(taken), "p50": median(taken) * 1e3})


if __name__ == "__main__":
    main(**given())
