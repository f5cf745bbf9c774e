"""Output files that apps cut off: `> /dev/stderr` and `tee /dev/stderr` open the file anew and empty it.

A zero byte of ours in the file, the mark, is gone once that has happened. Offsets go on from where they were:
what is kept beside it says which offset the file's first byte has now.
"""

import os
from pathlib import Path

import msgspec

_BEFORE_BYTES = 64


class Cut(msgspec.Struct, frozen=True):
    """How the file stands since it was cut off last; as it is made, if it never was."""

    base: int = -1
    """The offset of its first byte: the first mark is before all output."""
    mark: int = 0
    """The place in it of the mark: a unit's output begins with one."""
    before: bytes = b""
    """What was before the mark."""

    def is_whole(self, descriptor: int) -> bool:
        """Whether the file has not been cut off since."""
        return os.pread(descriptor, 1, self.mark) == b"\0"

    def is_overwritten(self, descriptor: int) -> bool:
        """Whether only the mark is gone: who cut the file off writes on at a place of his own, not at its end."""
        length = len(self.before) + 1
        now = os.pread(descriptor, length, self.mark + 1 - length)
        # Forgotten output is zero.
        same = all(byte in (0, was) for byte, was in zip(now, self.before, strict=False))
        return bool(self.before) and len(now) == length and same


def mark(out: Path, base: int) -> Cut:
    """Mark the output, whose first byte has offset `base` now, at its end. OSError if it cannot."""
    descriptor = os.open(out, os.O_RDWR | os.O_APPEND)
    try:
        os.write(descriptor, b"\0")
        place = os.lseek(descriptor, 0, os.SEEK_CUR) - 1
        start = max(0, place - _BEFORE_BYTES)
        return Cut(base, place, os.pread(descriptor, place - start, start))
    finally:
        os.close(descriptor)
