"""SQLite alone: commits in a thread where the disk is slow, other processes that write for long, a full disk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from headway.clock import SystemClock
from headway.errors import Unavailable
from headway.model.operations import NewEvent
from headway.store import sqlite
from headway.store.database import StorageFull, Tx
from headway.store.sqlite import Sqlite
from tests.engine.test_patience import crowded, fill, tiny_disk
from tests.rows import entry, get, ids, numbered, put, said, up

__all__ = ["crowded", "tiny_disk"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "headway.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Sqlite]:
    """A database with the nodes 1 to 9."""
    database = Sqlite(file, SystemClock())
    await database.open()
    await put(database, *range(1, 10))
    yield database
    await database.close()


async def test_its_files_are_their_owners_alone(database: Sqlite, file: Path) -> None:
    assert {
        it.name: it.stat().st_mode & 0o077 for it in file.parent.glob("headway.db*") if it.stat().st_size
    } == {
        "headway.db": 0,
        "headway.db-wal": 0,
        "headway.db-shm": 0,
    }


async def test_what_others_could_read_is_made_private(file: Path) -> None:
    file.touch(mode=0o644)
    file.chmod(0o644)
    database = Sqlite(file, SystemClock())
    await database.open()
    await database.close()
    assert file.stat().st_mode & 0o077 == 0


async def test_where_commits_are_slow_they_are_made_in_a_thread_and_nothing_else_changes(
    database: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "SLOW_COMMIT_SECONDS", -1.0)
    await asyncio.gather(
        *(database.write(up) for _ in range(50)),
        *(database.journal(entry("up", id, said(target=str(id)))) for id in range(2, 10)),
    )
    assert [await get(database, id) for id in range(1, 10)] == [50] + [1] * 8
    assert await numbered(database) == [(id - 1, str(id)) for id in range(2, 10)]


async def test_closing_waits_for_a_commit_in_the_thread(
    database: Sqlite, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "SLOW_COMMIT_SECONDS", -1.0)
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(put(database, 10))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await database.close()
    assert writing.done()
    again = Sqlite(file, SystemClock())
    await again.open()
    assert 10 in await ids(again)
    await again.close()


async def test_another_process_that_writes_is_waited_for(database: Sqlite, file: Path) -> None:
    other = apsw.Connection(str(file))
    other.execute("BEGIN IMMEDIATE")
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(put(database, 10))
        for _ in range(3):
            await asyncio.sleep(sqlite.BUSY_PAUSE_SECONDS)
        assert not writing.done()
        other.execute("COMMIT")
    assert 10 in await ids(database)
    other.close()


async def test_another_process_that_does_not_end_is_not_waited_for_for_ever(
    database: Sqlite, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS_MAX", 0.02)
    other = apsw.Connection(str(file))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        await put(database, 10)
    other.execute("COMMIT")
    await put(database, 10)
    other.close()


def test_it_is_durable(database: Sqlite) -> None:
    assert database._writer is not None
    assert database._writer.connection.pragma("journal_mode") == "wal"
    assert database._writer.connection.pragma("synchronous") == 2


async def test_a_body_that_waits_for_something_else_is_refused(database: Sqlite) -> None:
    async def body(tx: Tx) -> None:
        tx.append(NewEvent(at=1, name="test.happened"))
        await asyncio.sleep(0)

    with pytest.raises(AssertionError):
        await database.write(body)
    assert await numbered(database) == []


async def test_on_a_full_disk_what_is_for_after_the_commit_happens_only_for_what_was_committed(
    crowded: Sqlite, tiny_disk: Path
) -> None:
    await fill(crowded, tiny_disk)
    acts: list[str] = []

    async def small(tx: Tx) -> None:
        tx.after_commit(lambda: acts.append("small"))

    async def large(tx: Tx) -> None:
        tx.append(NewEvent(at=1, name="test.large", data={"text": "x" * 200_000}))
        tx.after_commit(lambda: acts.append("large"))

    outcomes = await asyncio.gather(crowded.write(small), crowded.write(large), return_exceptions=True)
    assert outcomes[0] is None
    assert isinstance(outcomes[1], StorageFull)
    assert acts == ["small"]


async def test_who_listens_before_it_is_open_hears_of_commits_here_and_elsewhere(file: Path) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    first, second = Sqlite(file, SystemClock()), Sqlite(file, SystemClock())
    first.listen(heard.put_nowait)
    await first.open()
    await second.open()
    try:
        await put(first, 1)
        assert heard.get_nowait() is not None
        await put(second, 2)
        async with asyncio.timeout(60):
            assert await heard.get() is None
    finally:
        await first.close()
        await second.close()
