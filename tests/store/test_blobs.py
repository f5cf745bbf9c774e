"""Contents on disk: whole or not there, each once, and never dropped while somebody may need them."""

import asyncio
import errno
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headway.builders.threads import Alive
from headway.errors import Failure, TooLarge
from headway.store.blobs import Blobs, Sink, pieces
from headway.store.database import StorageFull
from tests.ready_made import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def blobs(tmp_path: Path, clock: HandClock) -> Blobs:
    return Blobs(tmp_path / "files", clock)


async def coming(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def kept(blobs: Blobs, content: bytes) -> str:
    async with blobs.taken(coming(content), 1000) as blob:
        return blob.digest


def all_files(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "files").rglob("*") if file.is_file())


async def test_a_content_is_found_under_its_digest_once(blobs: Blobs, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"hello").hexdigest()
    async with blobs.taken(coming(b"he", b"", b"llo"), 5) as blob:
        assert (blob.digest, blob.size) == (digest, 5)
    assert await kept(blobs, b"hello") == digest
    assert blobs.path(digest).read_bytes() == b"hello"
    assert blobs.path(digest).stat().st_mode & 0o777 == 0o600
    assert all_files(tmp_path) == [digest]
    await blobs.verify(digest)


async def test_what_is_too_large_or_breaks_off_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"he"
        raise ConnectionError

    with pytest.raises(TooLarge):
        async with blobs.taken(coming(b"hello", b"!"), 5):
            pass
    with pytest.raises(ConnectionError):
        async with blobs.taken(breaking(), 5):
            pass
    assert all_files(tmp_path) == []


async def test_a_full_disk_is_told_as_such(blobs: Blobs, tmp_path: Path) -> None:
    def fills(_sink: Sink, _alive: Alive) -> None:
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(StorageFull):
        await blobs.made(fills, 5)
    assert all_files(tmp_path) == []


async def test_a_content_is_made_in_a_thread_and_a_cancel_ends_that(blobs: Blobs, tmp_path: Path) -> None:
    def twice(sink: Sink, _alive: Alive) -> None:
        sink.write(b"he")
        sink.write(b"llo")

    blob = await blobs.made(twice, 5)
    assert (blob.size, blobs.path(blob.digest).read_bytes()) == (5, b"hello")

    loop, begun = asyncio.get_running_loop(), asyncio.Event()

    def endless(_sink: Sink, alive: Alive) -> None:
        loop.call_soon_threadsafe(begun.set)
        while True:
            alive()

    making = asyncio.ensure_future(blobs.made(endless, 5))
    await begun.wait()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert all_files(tmp_path) == [blob.digest]


async def test_what_is_damaged_or_missing_is_found(blobs: Blobs) -> None:
    digest = await kept(blobs, b"hello")
    blobs.path(digest).write_bytes(b"hullo")
    for it in (digest, "0" * 64):
        with pytest.raises(Failure) as told:
            await blobs.verify(it)
        assert told.value.code == "content-lost"


async def test_only_what_is_old_is_dropped(blobs: Blobs, clock: HandClock) -> None:
    digest = await kept(blobs, b"hello")
    assert await blobs.old(3600) == []
    assert not blobs.drop(digest, 3600)
    clock.ahead += 4000
    assert await blobs.old(3600) == [digest]
    # Kept again it is new again.
    await kept(blobs, b"hello")
    assert not blobs.drop(digest, 3600)
    clock.ahead += 4000
    assert blobs.drop(digest, 3600)
    assert not blobs.path(digest).exists()
    assert not blobs.drop(digest, 3600)


async def test_what_somebody_is_just_keeping_is_not_dropped_however_old(
    blobs: Blobs, clock: HandClock
) -> None:
    async with blobs.taken(coming(b"hello"), 5) as blob:
        clock.ahead += 4000
        assert not blobs.drop(blob.digest, 3600)
    assert blobs.drop(blob.digest, 3600)


async def test_what_a_dead_process_was_taking_in_is_cleared(blobs: Blobs, tmp_path: Path) -> None:
    digest = await kept(blobs, b"hello")
    (tmp_path / "files" / "incoming" / "half").write_bytes(b"he")
    await blobs.clear()
    assert all_files(tmp_path) == [digest]


def test_a_file_comes_in_pieces_until_nobody_wants_them(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * (3 << 18))
    asked: list[int] = []
    assert sum(len(piece) for piece in pieces(file, lambda: asked.append(1))) == 3 << 18
    assert len(asked) == 3
