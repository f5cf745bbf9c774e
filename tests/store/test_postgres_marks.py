"""A mark is free when the process that held it is gone; whether that is believed is another matter."""

import asyncio

import asyncpg
import pytest

from headway.clock import SystemClock
from headway.errors import Unavailable
from headway.store import postgres_marks
from headway.store.marks import Marks
from headway.store.postgres import Postgres
from tests.databases import Server

FREED_SECONDS = 20


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen is believed at once."""
    monkeypatch.setattr(postgres_marks, "SETTLED_SECONDS", -1)


async def _other(postgres_url: str) -> Postgres:
    other = Postgres(postgres_url, SystemClock())
    await other.open()
    return other


async def _freed(marks: Marks, mark: int) -> None:
    async with asyncio.timeout(FREED_SECONDS):
        while mark not in await marks.free([mark]):
            await asyncio.sleep(0.01)


async def _cut(stranger: asyncpg.Connection, mark: int) -> int:
    """Break the connections that hold the mark; how many there were."""
    holding = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = $1"
    cut = await stranger.fetch(f"SELECT pg_terminate_backend(pid, 20000) FROM ({holding}) AS it", mark)
    return len(cut)


async def test_the_mark_of_a_process_stays_the_same(postgres: Postgres) -> None:
    mark = await postgres.marks.take()
    assert 0 < mark == await postgres.marks.take() < 1 << 63


async def test_a_mark_is_free_when_its_process_is_gone(postgres: Postgres, postgres_url: str) -> None:
    other = await _other(postgres_url)
    mark = await other.marks.take()
    assert await postgres.marks.free([mark]) == set()
    await other.close()
    await _freed(postgres.marks, mark)


async def test_one_that_asks_hides_nothing_from_another(postgres: Postgres, postgres_url: str) -> None:
    other = await _other(postgres_url)
    seen = await asyncio.gather(*(it.marks.free([1 << 62 | 5]) for it in (postgres, other)))
    assert seen == [{1 << 62 | 5}] * 2
    await other.close()


async def test_a_process_that_lost_its_mark_takes_it_again_when_it_looks(
    postgres: Postgres, postgres_url: str, stranger: asyncpg.Connection
) -> None:
    other = await _other(postgres_url)
    mark = await other.marks.take()
    assert await _cut(stranger, mark) == 1
    await _freed(postgres.marks, mark)
    async with asyncio.timeout(FREED_SECONDS):
        while mark in await postgres.marks.free([mark]):
            try:
                await other.marks.free([])
            except Unavailable:
                continue
    await other.close()


async def test_who_has_just_come_believes_nobody_gone(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_marks, "SETTLED_SECONDS", 60)
    assert await postgres.marks.free([1 << 62 | 5]) == set()
    monkeypatch.setattr(postgres_marks, "SETTLED_SECONDS", -1)
    assert await postgres.marks.free([1 << 62 | 5]) == {1 << 62 | 5}


async def test_its_own_is_never_free(postgres: Postgres) -> None:
    mark = await postgres.marks.take()
    assert await postgres.marks.free([mark]) == set()


async def test_while_the_server_is_away_nothing_can_be_told(mortal: Server, postgres: Postgres) -> None:
    mark = await postgres.marks.take()
    mortal.stop()
    with pytest.raises(Unavailable):
        await postgres.marks.free([])
    with pytest.raises(Unavailable):
        await postgres.marks.take()
    mortal.start()
    assert await postgres.marks.take() == mark


async def test_dropping_twice_is_fine(postgres: Postgres) -> None:
    await postgres.marks.take()
    await postgres.marks.drop()
    await postgres.marks.drop()
