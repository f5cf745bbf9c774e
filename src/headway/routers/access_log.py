"""Envoy's access log on disk: turned when it is long, and read once, from where the last reader ended.

    access.log        Envoy writes here
    access.log.<n>    it wrote there before; n counts up, and the one it writes to now would be the next

A place in it is the number of a file and an offset in that file. Where there are none any more of the files that a place
told of, reading begins with what there is. The newest of the turned files stays, empty once it has been read: it holds the
number.
"""

import contextlib
import errno
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

from headway.clock import Clock
from headway.inotify import CREATED, MODIFIED, Inotify
from headway.routers.access_line import parsed
from headway.routers.port import Request

_log = logging.getLogger(__name__)
_NUMBER = 1 << 40
"""A place is the file's number times this, and the offset."""
_READ_BYTES = 256 << 10
_SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOSPC})
"""Too many files are open, or watched."""
_SCARCE_SECONDS = 1.0
TURNED_MAX = 8
"""Of turned files, even if nobody reads them."""


class AccessLog:
    """The log whose present file is `file`, turned when it has grown to `bytes_max`. One process works on it."""

    def __init__(self, file: Path, clock: Clock, *, bytes_max: int) -> None:
        self.file = file
        self._clock = clock
        self._bytes_max = bytes_max

    def turn(self) -> bool:
        """Move the file away if it is long; whether Envoy is to be asked to begin a new one."""
        # A missing file was moved away, but Envoy could not be asked: it is to be asked again.
        if not self.file.exists():
            return True
        if self.file.stat().st_size < self._bytes_max:
            return False
        self.file.replace(self.turned(self.present()))
        for number in self._turned()[:-TURNED_MAX]:
            _log.warning("the access log is not read: a part of it is dropped")
            self.turned(number).unlink(missing_ok=True)
        return True

    def turned(self, number: int) -> Path:
        """Where the file of that number is once it has been turned."""
        return self.file.with_name(f"{self.file.name}.{number}")

    def present(self) -> int:
        """The number of the file that Envoy writes to."""
        return max(self._turned(), default=0) + 1

    async def follow(self, after: int) -> AsyncIterator[list[Request]]:
        """The requests behind the place `after`, as they come; never ends by itself."""
        with contextlib.closing(_Reader(self, after)) as reader:
            while True:
                try:
                    found = reader.read()
                except OSError as error:
                    if error.errno not in _SCARCE:
                        raise
                    await self._clock.sleep(_SCARCE_SECONDS)
                    continue
                if found is None:
                    await reader.more()
                elif found:
                    yield found
                    # Others have a turn between two pieces of a long log.
                    await self._clock.sleep(0)

    def forget(self, end: int) -> None:
        """What lies before the place `end` need not be kept."""
        *before, newest = self._turned() or [0]
        for number in before:
            if number < end // _NUMBER:
                self.turned(number).unlink(missing_ok=True)
        if 0 < newest < end // _NUMBER and self.turned(newest).stat().st_size:
            os.truncate(self.turned(newest), 0)

    def start(self, after: int) -> tuple[int, int]:
        """Where a reader that has read up to `after` goes on: the number of a file, and an offset."""
        number, at = divmod(after, _NUMBER)
        if number == 0:
            return self.oldest(0), 0
        present = self.present()
        if number > present or (number == present and at > _size(self.file)):
            # It was another file: this one begins a new count, and that must be so for the next reader too.
            self.turned(number).touch()
            return number + 1, 0
        return (number, at) if number == self.oldest(number) else (self.oldest(number), 0)

    def oldest(self, number: int) -> int:
        """The number of the first file from `number` on that there is."""
        return next((turned for turned in self._turned() if turned >= number), self.present())

    def _turned(self) -> list[int]:
        ends = (file.name.rpartition(".")[2] for file in self.file.parent.glob(f"{self.file.name}.*"))
        return sorted(int(end) for end in ends if end.isdecimal())


class _Reader:
    def __init__(self, log: AccessLog, after: int) -> None:
        log.file.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        self._inotify = Inotify()
        self._inotify.watch(log.file.parent, CREATED)
        self._number, self._at = log.start(after)
        self._descriptor: int | None = None

    def close(self) -> None:
        """Let go of everything."""
        self._leave()
        self._inotify.close()

    async def more(self) -> None:
        """Return when there may be something to read."""
        await self._inotify.readable()
        self._inotify.events()

    def read(self) -> list[Request] | None:
        """Some requests, or None where there is nothing to read now."""
        # Asked first: what is in a file that is complete now, is all there will be.
        is_complete = self._is_complete()
        if self._descriptor is None and not self._open():
            return self._go_on() if is_complete else None
        assert self._descriptor is not None
        piece = os.pread(self._descriptor, _READ_BYTES, self._at)
        whole = piece[: piece.rfind(b"\n") + 1]
        if whole:
            return self._parsed(whole)
        if len(piece) == _READ_BYTES:
            self._at += len(piece)
            return []
        return self._go_on() if is_complete else None

    def _is_complete(self) -> bool:
        """Whether Envoy writes to a later file already."""
        log = self._log
        present = log.present()
        return self._number < present and (log.file.exists() or self._number + 1 < present)

    def _open(self) -> bool:
        turned = self._log.turned(self._number)
        file = turned if turned.exists() else self._log.file
        if file is self._log.file and self._number != self._log.present():
            return False
        try:
            self._descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            self._inotify.watch(file, MODIFIED)
        except OSError:
            self._leave()
            raise
        return True

    def _go_on(self) -> list[Request]:
        """To the next file."""
        self._leave()
        self._number, self._at = self._log.oldest(self._number + 1), 0
        return []

    def _leave(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _parsed(self, whole: bytes) -> list[Request]:
        place, found = self._number * _NUMBER + self._at, list[Request]()
        lines = whole.split(b"\n")[:-1]
        for line in lines:
            place += len(line) + 1
            if (request := parsed(line, place)) is not None:
                found.append(request)
        self._at += len(whole)
        if len(found) < len(lines):
            _log.warning("%d lines of the access log could not be read", len(lines) - len(found))
        return found


def _size(file: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return file.stat().st_size
    return 0
