"""The logbook: what apps said, kept in append-only files, one folder an app.

Lines are kept together with how far they have been read from their container's output, so that after a crash
each line is there exactly once. The first record of each segment tells the offsets of all units, so that
the newest segment is enough to know them.
"""

import asyncio
import errno
import os
import re
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from headway.clock import Clock
from headway.errors import Unavailable
from headway.model.logs import PLATFORM, Archive, Line, Lines
from headway.store import segments
from headway.store.archives import Archives
from headway.store.database import StorageFull
from headway.store.segments import Record

__all__ = ["READER", "Line", "Logbook", "Wanted"]

Wanted = Callable[[str], bool]
"""Whether lines of a source (`web-1`, `router`) are asked for."""

SEGMENTS = 16
"""Of how many segments the kept bytes of an app consist, about: one is what goes when there are too many."""

READER = "@"
"""With this begins the name of what is no unit of a runtime, but has its offset in the logs of many apps."""

_Place = tuple[int, int]
_APP_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SCARCE = frozenset({errno.EMFILE, errno.ENFILE})
_FELL_BEHIND = "this reader was too slow: lines were removed before it had read them"


class Logbook:
    """All logs of all apps. At most `hot_bytes` of each are at hand (one batch at least); the oldest go first.

    What goes is put away to be archived, up to `archive_bytes` of each app; with none, it is gone. One process
    writes, in its loop's thread; `last`, `pack`, `archives` and `archive_file` may be called from any thread.
    """

    def __init__(self, folder: Path, clock: Clock, *, hot_bytes: int, archive_bytes: int = 0) -> None:
        self._folder = folder
        self._clock = clock
        self._hot_bytes = hot_bytes
        self._archive_bytes = archive_bytes
        self._books: dict[str, _Book] = {}
        self._forgotten: set[str] = set()
        self._packing = threading.Lock()
        self.put_away = asyncio.Event()
        """Set when there is something for `pack` to do."""

    def open(self) -> dict[str, int]:
        """Make ready for writing; for each unit, how far its output has been kept.

        Reads one segment an app, and cuts off what a killed writer left half written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        names = [folder.name for folder in self._folder.iterdir() if _APP_ID.fullmatch(folder.name)]
        self._books = {name: self._new(name) for name in names}
        found = {unit: end for book in self._books.values() for unit, end in book.open().items()}
        return {unit: end for unit, end in found.items() if not unit.startswith(READER)}

    def offset(self, app_id: str, unit: str) -> int:
        """How far something has been kept in the log of this app; 0 where nothing was."""
        book = self._books.get(app_id)
        return book.offsets.get(unit, 0) if book else 0

    def append(self, app_id: str, lines: Sequence[Lines], *, unit: str = "", end: int = 0) -> None:
        """Keep the lines, and that `unit` has been read up to `end`, both or neither, at once.

        They survive the death of this process when this returns. StorageFull where the disk is full,
        Unavailable where no file can be opened now.
        What comes late for a forgotten app is let go.
        """
        if app_id not in self._forgotten:
            self._book(app_id).append(lines, {unit: end} if unit else {})

    def last(self, app_id: str, count: int, wanted: Wanted) -> list[Line]:
        """The newest `count` lines of wanted sources, oldest first."""
        if (book := self._books.get(app_id)) is None:
            return []
        return _newest(book.backward(), count, wanted)()

    def follow(self, app_id: str, wanted: Wanted, *, before: int = 0) -> AsyncIterator[list[Line]]:
        """The newest `before` lines, then what is appended from this call on, as it comes; never ends by itself.

        A slow reader reads from the files and misses nothing of what is kept; one that falls behind by more
        than `hot_bytes` is told so in a line, and goes on with the oldest line there is.
        """
        book = self._book(app_id)
        there = book.backward() if before > 0 else iter(())
        return self._follow(book, wanted, book.end(), _newest(there, before, wanted))

    def forget_unit(self, unit: str) -> None:
        """The runtime has forgotten this unit: its offset need not be kept. Its lines stay. StorageFull."""
        for book in self._books.values():
            book.forget(unit)

    def forget(self, app_id: str) -> None:
        """Remove the log of an app, for ever: its id is never used again."""
        self._forgotten.add(app_id)
        self._books.pop(app_id, None)
        shutil.rmtree(self._folder / app_id, ignore_errors=True)

    def pack(self, before: int) -> None:
        """Archive what was put away; let go of what is older than `before`, and of what is over the limit.

        Blocks. What could not be done now (the disk is full) is done the next time; then OSError.
        """
        with self._packing:
            for name, book in list(self._books.items()):
                book.put_away.pack(before)
                if name in self._forgotten:
                    shutil.rmtree(self._folder / name, ignore_errors=True)

    def archives(self, app_id: str) -> list[Archive]:
        """What has been archived of an app's log, newest first. Blocks."""
        book = self._books.get(app_id)
        return book.put_away.archives() if book else []

    def archive_file(self, app_id: str, number: int) -> Path | None:
        """The file of that archive; None where it is not there any more. Blocks."""
        book = self._books.get(app_id)
        return book.put_away.file(number) if book else None

    async def _follow(
        self, book: "_Book", wanted: Wanted, place: _Place, earlier: Callable[[], list[Line]]
    ) -> AsyncIterator[list[Line]]:
        if there := await asyncio.to_thread(earlier):
            yield there
        while True:
            changed, before = book.changed, place
            if book.has_dropped(place):
                yield [Line(at=self._clock.now(), source=PLATFORM, text=_FELL_BEHIND)]
            said, place = book.forward(place)
            if chosen := [line for lines in said if wanted(lines.source) for line in lines.each()]:
                yield chosen
            if place == before:
                await changed.wait()
            else:
                await self._clock.sleep(0)

    def _book(self, app_id: str) -> "_Book":
        if app_id not in self._books:
            self._books[app_id] = self._new(app_id)
        return self._books[app_id]

    def _new(self, app_id: str) -> "_Book":
        assert _APP_ID.fullmatch(app_id), app_id
        put_away = Archives(self._folder / app_id / "archived", bytes_max=self._archive_bytes)
        return _Book(self._folder / app_id, self._hot_bytes, put_away, self.put_away)


def _newest(backward: Iterator[Lines], count: int, wanted: Wanted) -> Callable[[], list[Line]]:
    """Reads the newest lines of wanted sources, oldest first."""
    newest = (line for lines in backward if wanted(lines.source) for line in reversed(lines.each()))
    return lambda: list(islice(newest, max(0, count)))[::-1]


class _Book:
    """The log of one app: its segments by number, oldest first, none left out between them."""

    def __init__(self, folder: Path, hot_bytes: int, put_away: Archives, told: asyncio.Event) -> None:
        self.put_away = put_away
        self._told = told
        self._folder = folder
        self._hot_bytes = hot_bytes
        self._segment_bytes = hot_bytes // SEGMENTS
        self._sizes: dict[int, int] = {}
        """What has been written whole: nobody reads beyond."""
        self._bytes = 0
        self._dropped: _Place = (0, 0)
        """The end of what has been removed since the start."""
        self.offsets: dict[str, int] = {}
        self.changed = asyncio.Event()
        """Set, and replaced by a new one, when lines come."""

    def open(self) -> dict[str, int]:
        """Find the segments, mend the newest; the offsets."""
        self._told.set()
        numbers = sorted(int(file.stem) for file in self._folder.glob("*.log"))
        self._sizes = {number: self._file(number).stat().st_size for number in numbers}
        for number in reversed(numbers):
            self._sizes[number], self.offsets = segments.recover(self._file(number))
            if self._sizes[number]:
                break
            del self._sizes[number]
        self._bytes = sum(self._sizes.values())
        return self.offsets

    def append(self, lines: Sequence[Lines], moved: Mapping[str, int]) -> None:
        """Write one record; StorageFull, and nothing written, where it does not fit on the disk."""
        self._append(lines, moved)

    def forget(self, unit: str) -> None:
        """Keep no offset of this unit any more."""
        if unit in self.offsets:
            self._append([], {unit: segments.GONE})

    def end(self) -> _Place:
        """Where the next record will stand, or before it."""
        number = self._newest()
        return (number, self._sizes[number]) if self._sizes else (number + 1, 0)

    def has_dropped(self, place: _Place) -> bool:
        """Whether what stands at this place has been removed."""
        return place < self._dropped

    def forward(self, place: _Place) -> tuple[list[Lines], _Place]:
        """Some lines from this place on, and the place behind them: the same place if there are none yet."""
        number, at = place
        if number < (oldest := next(iter(self._sizes), 0)):
            number, at = oldest, 0
        if at >= self._sizes.get(number, 0):
            return ([], (number + 1, 0)) if number + 1 in self._sizes else ([], (number, at))
        records, end = segments.forward(self._file(number), at, self._sizes[number])
        if not records:
            end = self._sizes[number]
        return [lines for record in records for lines in record.lines], (number, end)

    def backward(self) -> Iterator[Lines]:
        """All lines there are now, newest first. A segment that goes meanwhile is where they end."""
        return self._backward(list(self._sizes.items()))

    def _backward(self, sizes: Sequence[_Place]) -> Iterator[Lines]:
        for number, size in reversed(sizes):
            try:
                for record in segments.backward(self._file(number), size):
                    yield from reversed(record.lines)
            except FileNotFoundError:
                return

    def _append(self, lines: Sequence[Lines], moved: Mapping[str, int]) -> None:
        number = self._newest()
        fresh = self._sizes.get(number, self._segment_bytes) >= self._segment_bytes
        offsets = segments.moved(self.offsets, moved)
        number += fresh
        data = segments.encode(Record(offsets if fresh else moved, lines))
        self._write(number, data)
        self._sizes[number] = self._sizes.get(number, 0) + len(data)
        self._bytes += len(data)
        self.offsets = offsets
        self._drop_oldest()
        self.changed.set()
        self.changed = asyncio.Event()

    def _newest(self) -> int:
        return next(reversed(self._sizes), 0)

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:012d}.log"

    def _drop_oldest(self) -> None:
        while self._bytes > self._hot_bytes and len(self._sizes) > 1:
            number = next(iter(self._sizes))
            try:
                self.put_away.put(number, self._file(number))
            except OSError as error:
                if error.errno in _FULL:
                    return
                raise
            self._dropped = (number, self._sizes[number])
            self._bytes -= self._sizes.pop(number)
            self._told.set()

    def _write(self, number: int, data: bytes) -> None:
        size = self._sizes.get(number, 0)
        try:
            if not self._sizes:
                self._folder.mkdir(parents=True, exist_ok=True)
            _write_at(self._file(number), data, size)
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull from error
            if error.errno in _SCARCE:
                raise Unavailable("too many files are open") from error
            raise


def _write_at(file: Path, data: bytes, size: int) -> None:
    """Write behind the first `size` bytes, all or nothing."""
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(fd, data[written:] if written else data, size + written)
    except OSError:
        os.ftruncate(fd, size)
        raise
    finally:
        os.close(fd)
