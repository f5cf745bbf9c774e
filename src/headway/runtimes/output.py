"""The output of units, read from their append-only files as it comes (inotify), and forgotten by punching holes."""

import asyncio
import contextlib
import ctypes
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path

from headway.inotify import CREATED, MODIFIED, Inotify
from headway.runtimes import cut
from headway.runtimes.port import Output, Unit
from headway.runtimes.trouble import SCARCE
from headway.runtimes.unit_folder import LAST_LINES_BYTES, UnitFolder

LINE_BYTES_MAX = 16 << 10
_BLOCK_BYTES = 4096
_READ_BYTES = 256 << 10
_SCARCE_SECONDS = 1.0
_CUT_OFF = "it opens its output by name and cuts it off, lines may be lost: >> or >&2 keeps them"
_PUNCH_HOLE_KEEP_SIZE = 0x02 | 0x01
_libc = ctypes.CDLL(None, use_errno=True)
_libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]


async def follow(units: Path, offsets: Mapping[str, int]) -> AsyncIterator[Output]:
    """The output of all units below `units`, present and future, each from its offset in `offsets` (else from 0)."""
    with contextlib.closing(_Reader(units, offsets)) as reader:
        while True:
            for run in reader.read():
                yield run
            await reader.more()


class _Reader:
    def __init__(self, units: Path, offsets: Mapping[str, int]) -> None:
        units.mkdir(mode=0o711, parents=True, exist_ok=True)
        self._units = units
        self._offsets = dict(offsets)
        self._inotify = Inotify()
        self._top = self._inotify.watch(units, CREATED)
        self._followed: dict[int, _Followed] = {}
        self._folders: dict[int, str] = {}
        """The units whose folders are watched."""
        self._unread: set[int] = set()
        self._unseen: set[str] = set()
        """Units that could not be looked at, because too many files are open."""
        self._is_scarce = False
        for entry in units.iterdir():
            self._look(entry.name)

    async def more(self) -> None:
        """Return when there may be something to read."""
        if self._unseen or self._is_scarce:
            await self._try_again()
        elif self._unread:
            # Others have a turn between two reads of a unit that talks without end.
            await asyncio.sleep(0)  # noqa: TID251 - lets no time pass
        else:
            await self._inotify.readable()
        for event in self._inotify.events():
            if event.watch == self._top:
                self._look(event.name)
            elif event.ignored:
                self._folders.pop(event.watch, None)
            elif event.watch in self._folders:
                self._notice(self._folders[event.watch], event.name)
            elif event.watch in self._followed:
                self._unread.add(event.watch)

    async def _try_again(self) -> None:
        self._is_scarce = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SCARCE_SECONDS):
                await self._inotify.readable()
        unseen, self._unseen = self._unseen, set()
        for name in unseen:
            self._look(name)

    def read(self) -> list[Output]:
        """One piece of each unit that has something to read."""
        found: list[Output] = []
        for watch in list(self._unread):
            followed = self._followed[watch]
            try:
                run = followed.read()
            except OSError as error:
                if error.errno not in SCARCE:
                    raise
                self._is_scarce = True
                continue
            if run is not None and (run.text or followed.has_ended):
                found.append(run)
            if run is None:
                self._unread.discard(watch)
                self._leave_forgotten(watch)
        return found

    def close(self) -> None:
        """Let go of everything."""
        self._inotify.close()
        for followed in self._followed.values():
            followed.close()

    def _notice(self, name: str, file: str) -> None:
        """Something was written into the folder of a unit."""
        if file == "unit.json":
            self._look(name)
        elif file == "state.json":
            for watch in self._watches_of(name):
                self._followed[watch].has_news = True
                self._unread.add(watch)

    def _look(self, name: str) -> None:
        """Follow a unit from now on, or wait until it is made whole."""
        try:
            self._follow(UnitFolder(self._units / name), name)
        except OSError as error:
            if error.errno in SCARCE:
                self._unseen.add(name)

    def _follow(self, folder: UnitFolder, name: str) -> None:
        # Watching the same folder twice changes nothing; one made anew under an old name is another.
        self._folders[self._inotify.watch(folder.path, CREATED)] = name
        for watch in self._watches_of(name):
            # A unit may have been forgotten and begun anew.
            self._leave_forgotten(watch)
        # Only now: what is made from here on is told, what was made before is seen.
        if (wanted := folder.wanted()) is None or self._watches_of(name):
            return
        with contextlib.ExitStack() as opened:
            descriptor = os.open(folder.out, os.O_RDONLY)
            opened.callback(os.close, descriptor)
            watch = self._inotify.watch(folder.out, MODIFIED)
            followed = _Followed(folder, wanted.unit, descriptor, self._offsets.get(name, 0))
            opened.pop_all()
        self._offsets.pop(name, None)
        self._followed[watch] = followed
        self._unread.add(watch)

    def _watches_of(self, name: str) -> list[int]:
        return [watch for watch, followed in self._followed.items() if followed.unit == name]

    def _leave_forgotten(self, watch: int) -> None:
        if self._followed[watch].is_forgotten():
            self._followed.pop(watch).close()
            self._unread.discard(watch)


class _Followed:
    """The output of one unit; `position` is where it has been read to, `end` where the last line given ends."""

    def __init__(self, folder: UnitFolder, unit: Unit, descriptor: int, start: int) -> None:
        self.unit = unit.id
        self.has_news = True
        """Whether its state has changed since it was looked at."""
        self.has_ended = False
        """Whether it has stopped: what it said is all."""
        self._app_id = unit.app_id
        self._label = unit.label
        self._folder = folder
        self._descriptor = descriptor
        self._cut = folder.cut()
        self._position = max(0, start - self._cut.base)
        self._rest = b""
        self._is_told = False

    def read(self) -> Output | None:
        """The next lines, none if there is only part of one or it has stopped, or None when there is nothing to read."""
        if (said := self._next()) is not None or not self.has_news:
            return said
        self.has_news, self.has_ended = False, self._folder.state().phase == "stopped"
        # Whatever it said, it had said before it was written down that it has stopped.
        return self._next() or self._last() if self.has_ended else None

    def _next(self) -> Output | None:
        piece = os.pread(self._descriptor, _READ_BYTES, self._position)
        if self._is_cut(piece):
            return self._go_on()
        if not piece:
            return None
        self._position += len(piece)
        if piece[0] == 0 and not self._rest:
            piece = self._after_hole(piece)
        whole, rest = _whole(self._rest + piece)
        # What nobody wrote is no line that has begun.
        self._rest = rest if rest.strip(b"\0") else b""
        return self._said(whole)

    def _last(self) -> Output:
        """The line that it did not end, if there is one."""
        rest, self._rest = self._rest, b""
        return self._said(_joined([rest] if rest else []))

    def is_forgotten(self) -> bool:
        """Whether the file has been removed."""
        return os.fstat(self._descriptor).st_nlink == 0

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _said(self, text: bytes) -> Output:
        end = self._cut.base + self._position - len(self._rest)
        return Output(
            unit=self.unit, app_id=self._app_id, label=self._label, text=_without_zeros(text), end=end
        )

    def _is_cut(self, piece: bytes) -> bool:
        # Asked only now: what was read before the answer is good if the answer is.
        if not self._cut.is_whole(self._descriptor):
            return not self.is_forgotten()
        return not piece and os.fstat(self._descriptor).st_size < self._position

    def _go_on(self) -> Output | None:
        """The app has cut its own output off (`> /dev/stderr`), or overwritten our mark: what is there now is new."""
        if os.fstat(self._descriptor).st_size == 0:
            # It is about to write at the beginning: a mark there would be in its way.
            return None
        is_overwritten = self._cut.is_overwritten(self._descriptor)
        try:
            marked = cut.mark(self._folder.out, self._cut.base + (0 if is_overwritten else self._position))
            self._folder.keep_cut(marked)
        except OSError:
            # Without a place for the offset no line may be given: the disk is full.
            return None
        text = self._turn_back() if is_overwritten else self._begin_anew()
        self._cut = marked
        return self._said(text)

    def _turn_back(self) -> bytes:
        if self._position == self._cut.mark + 1:
            # What was written over the mark is to be read, and nothing twice.
            self._position, self._rest = self._cut.mark, self._rest[:-1]
        return b""

    def _begin_anew(self) -> bytes:
        # Not a line of the file: its writer would write over it.
        note = [] if self._is_told else [f"{self._label}: {_CUT_OFF}".encode()]
        lines = [self._rest, *note] if self._rest else note
        self._position, self._rest, self._is_told = 0, b"", True
        return _joined(lines)

    def _after_hole(self, piece: bytes) -> bytes:
        """What is behind forgotten output, when the offset that was given lies before it."""
        kept = piece.lstrip(b"\0")
        if not kept:
            with contextlib.suppress(OSError):
                self._position = os.lseek(self._descriptor, self._position, os.SEEK_DATA)
        return kept


def _whole(text: bytes) -> tuple[bytes, bytes]:
    """The lines, long ones in pieces, and what does not end yet."""
    # Millions a second pass here: lines are looked at for themselves only where there is a reason.
    end = text.rfind(b"\n") + 1
    whole, rest = text[:end], text[end:]
    if _has_long(whole):
        whole = _joined(piece for line in whole[:-1].split(b"\n") for piece in _pieces(line))
    while len(rest) > LINE_BYTES_MAX:
        whole += rest[:LINE_BYTES_MAX] + b"\n"
        rest = rest[LINE_BYTES_MAX:]
    return whole, rest


def _has_long(whole: bytes) -> bool:
    """Whether a line is too long, seen by leaps from a newline to the last one that may follow it."""
    at = 0
    while len(whole) - at > LINE_BYTES_MAX + 1:
        at = whole.rfind(b"\n", at, at + LINE_BYTES_MAX + 1) + 1
        if at == 0:
            return True
    return False


def _pieces(line: bytes) -> list[bytes]:
    return [line[start : start + LINE_BYTES_MAX] for start in range(0, len(line) or 1, LINE_BYTES_MAX)]


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _without_zeros(text: bytes) -> bytes:
    """Zero bytes are marks of ours, or what nobody wrote; a line of nothing else is none."""
    if b"\0" not in text:
        return text
    lines = text[:-1].split(b"\n")
    return _joined(kept for line in lines if (kept := line.replace(b"\0", b"")) or not line)


def punch(file: Path, end: int) -> None:
    """Free the disk of output before offset `end` but for the last lines; offsets stay as they are.

    Nothing where it cannot be done.
    """
    # Whole blocks only: from a part of one nothing is gained, and the end of the last line would become a zero.
    end = (UnitFolder(file.parent).place_of(end) - LAST_LINES_BYTES) // _BLOCK_BYTES * _BLOCK_BYTES
    if end <= 0:
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(file, os.O_RDWR)
        try:
            _libc.fallocate(descriptor, _PUNCH_HOLE_KEEP_SIZE, 0, min(end, os.fstat(descriptor).st_size))
        finally:
            os.close(descriptor)
