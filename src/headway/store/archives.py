"""Archives: segments of one app's log that are no longer at hand, each a gzip of dated lines.

    <number>.log                     put away, and not archived yet
    <number>.new                     being written
    <number>-<first>-<last>.gz       an archive, and when its lines were said

A segment is moved here whole, and it goes once its archive is there whole: a death between two of these steps
neither loses a line nor lists one twice.
"""

import contextlib
import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path

from headway.model.logs import Archive, Lines, dated
from headway.store import segments

_ARCHIVE = re.compile(r"([0-9]{12})-([0-9]{1,19})-([0-9]{1,19})\.gz")
_LEVEL = 6


class Archives:
    """Those of one app, at most `bytes_max` of them; with none, what is put away is gone."""

    def __init__(self, folder: Path, *, bytes_max: int) -> None:
        self._folder = folder
        self._bytes_max = bytes_max

    def put(self, number: int, segment: Path) -> None:
        """Take a segment that nobody writes to any more. OSError, and it stays where it is, if that cannot be done."""
        if self._bytes_max <= 0:
            segment.unlink(missing_ok=True)
            return
        self._folder.mkdir(exist_ok=True)
        segment.replace(self._folder / f"{number:012d}.log")

    def pack(self, before: int) -> None:
        """Archive all that was put away; let go of the oldest that are too many, or older than `before`. OSError."""
        with contextlib.suppress(FileNotFoundError):
            names = sorted(os.listdir(self._folder))  # noqa: PTH208 - there may be thousands
            try:
                for name in names:
                    if name.endswith(".log"):
                        self._archive(self._folder / name)
            finally:
                self._let_go(before)

    def archives(self) -> list[Archive]:
        """All, newest first."""
        return sorted(self._there(), key=lambda it: it.number, reverse=True)

    def file(self, number: int) -> Path | None:
        """Where an archive is; None where it is not kept."""
        return next((self._folder / _name(it) for it in self._there() if it.number == number), None)

    def _archive(self, segment: Path) -> None:
        number = int(segment.stem)
        if self.file(number) is None and (lines := segments.whole(segment)):
            beside = segment.with_suffix(".new")
            _write(beside, lines)
            at = [it.at for it in lines]
            archive = Archive(number=number, size=0, first=min(at), last=max(at))
            beside.replace(self._folder / _name(archive))
        segment.unlink(missing_ok=True)

    def _let_go(self, before: int) -> None:
        room = self._bytes_max
        for segment in sorted(self._folder.glob("*.log"), reverse=True):
            room -= _size(segment)
            if room < 0:
                segment.unlink(missing_ok=True)
        for archive in self.archives():
            room -= archive.size
            if room < 0 or archive.last < before:
                (self._folder / _name(archive)).unlink(missing_ok=True)

    def _there(self) -> Iterator[Archive]:
        with contextlib.suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                if found := _ARCHIVE.fullmatch(entry.name):
                    with contextlib.suppress(FileNotFoundError):
                        number, first, last = map(int, found.groups())
                        size = entry.stat().st_size
                        yield Archive(number=number, size=size, first=first, last=last)


def _name(it: Archive) -> str:
    return f"{it.number:012d}-{it.first}-{it.last}.gz"


def _size(file: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return file.stat().st_size
    return 0


def _write(file: Path, lines: list[Lines]) -> None:
    with file.open("wb") as opened:
        with gzip.GzipFile("", "wb", _LEVEL, opened, mtime=0) as packed:
            for said in lines:
                packed.write(f"{dated(said)}\n".encode())
        opened.flush()
        os.fsync(opened.fileno())
