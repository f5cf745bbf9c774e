"""Contents on disk, each once, under the SHA-256 of its bytes.

One process owns the folder. A content is whole or not there at all, and is on disk, its folder included, before
anybody hears of it. What nothing refers to any more is dropped by `drop`, which never takes what somebody is just
keeping, nor what was kept within the given time: so a content may be kept first and referred to a moment later.
"""

import asyncio
import errno
import hashlib
import os
import secrets
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from headway.builders.threads import Alive, in_thread
from headway.clock import SECOND, Clock
from headway.errors import Failure, TooLarge
from headway.store.database import StorageFull

PIECE_BYTES = 1 << 18
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Blob(msgspec.Struct, frozen=True):
    """A content that is kept."""

    digest: str
    size: int


class Sink:
    """What a content is written to; it is hashed on the way. TooLarge over `bytes_max`."""

    def __init__(self, file: BinaryIO, bytes_max: int) -> None:
        self._file = file
        self._bytes_max = bytes_max
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """Of what was written."""
        return self._hash.hexdigest()

    def write(self, piece: bytes | bytearray | memoryview) -> int:
        """Add to it."""
        self.size += len(piece)
        if self.size > self._bytes_max:
            raise TooLarge(f"it is larger than {self._bytes_max} bytes")
        self._hash.update(piece)
        return self._file.write(piece)

    def flush(self) -> None:
        """As files have it; what was written is made durable at the end, at once."""


Work = Callable[[Sink, Alive], None]
"""Writes a content, in a thread."""


class Blobs:
    """All contents of a platform."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._incoming = folder / "incoming"
        self._held: Counter[str] = Counter()

    @asynccontextmanager
    async def taken(self, chunks: AsyncIterator[bytes], bytes_max: int) -> AsyncGenerator[Blob]:
        """Keep what comes; until the end of the block nobody drops it. TooLarge, StorageFull."""
        part = self._part()
        try:
            with _full_disk_told():
                blob = await self._receive(part, chunks, bytes_max)
            with self._holding(blob.digest):
                with _full_disk_told():
                    await asyncio.to_thread(self._publish, part, blob.digest)
                yield blob
        finally:
            part.unlink(missing_ok=True)

    async def made(self, work: Work, bytes_max: int) -> Blob:
        """Keep what `work` writes. TooLarge, StorageFull, or what the work raises."""
        part = self._part()
        try:
            with _full_disk_told():
                blob = await in_thread(lambda alive: self._write(part, work, bytes_max, alive))
                with self._holding(blob.digest):
                    await asyncio.to_thread(self._publish, part, blob.digest)
        finally:
            part.unlink(missing_ok=True)
        return blob

    def path(self, digest: str) -> Path:
        """Where the content of that digest is, if it is kept."""
        return self._folder / digest[:2] / digest

    async def verify(self, digest: str) -> None:
        """Read the whole content. Failure `content-lost` where it is not there, or not what it was."""
        if not await in_thread(lambda alive: _is_whole(self.path(digest), digest, alive)):
            raise Failure("content-lost", "the content of a file is damaged or missing")

    async def old(self, seconds: float) -> list[str]:
        """The digests of what was kept last more than so long ago."""
        before = self._clock.now() / SECOND - seconds
        return await asyncio.to_thread(self._older, before)

    def drop(self, digest: str, seconds: float) -> bool:
        """Drop a content, but for one that was kept within so many seconds, or is just being kept."""
        path = self.path(digest)
        # Nothing else runs on this loop meanwhile, and whoever keeps it says so on this loop before it is there.
        if self._held[digest] or not _older_than(path, self._clock.now() / SECOND - seconds):
            return False
        path.unlink()
        return True

    async def clear(self) -> None:
        """Remove what a process that died was just taking in; to be called while nothing comes in."""
        for part in await asyncio.to_thread(lambda: list(self._incoming.glob("*"))):
            part.unlink(missing_ok=True)

    def _part(self) -> Path:
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._incoming / secrets.token_hex(16)

    async def _receive(self, part: Path, chunks: AsyncIterator[bytes], bytes_max: int) -> Blob:
        with _new(part) as file:
            sink = Sink(file, bytes_max)
            async for chunk in chunks:
                sink.write(chunk)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        return Blob(sink.digest, sink.size)

    def _write(self, part: Path, work: Work, bytes_max: int, alive: Alive) -> Blob:
        with _new(part) as file:
            sink = Sink(file, bytes_max)
            work(sink, alive)
            file.flush()
            os.fsync(file.fileno())
        return Blob(sink.digest, sink.size)

    def _publish(self, part: Path, digest: str) -> None:
        """Always by a rename, also over what is there: so it is new again to whoever drops what is old."""
        place = self.path(digest)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True, mode=0o700)
            _sync(self._folder)
        now = self._clock.now() * 1000
        os.utime(part, ns=(now, now))
        part.replace(place)
        _sync(place.parent)

    @contextmanager
    def _holding(self, digest: str) -> Generator[None]:
        self._held[digest] += 1
        try:
            yield
        finally:
            self._held[digest] -= 1
            if not self._held[digest]:
                del self._held[digest]

    def _older(self, before: float) -> list[str]:
        return [file.name for file in self._folder.glob("??/*") if _older_than(file, before)]


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def pieces(path: Path, alive: Alive) -> Generator[bytes]:
    """A file, piece by piece."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE_BYTES):
            alive()
            yield piece


def _is_whole(path: Path, digest: str, alive: Alive) -> bool:
    found = hashlib.sha256()
    try:
        for piece in pieces(path, alive):
            found.update(piece)
    except FileNotFoundError:
        return False
    return found.hexdigest() == digest


def _older_than(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _full_disk_told() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(str(error)) from error
        raise
