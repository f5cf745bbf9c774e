"""Forgetting: tombstones stay, events go as a prefix, keys go with their operation, numbering goes on."""

import asyncio

import pytest

from headway.clock import SECOND
from headway.engine.janitor import BATCH, Janitor
from headway.errors import Unavailable
from headway.model.operations import LogLine, NewEvent, Operation, Phase, Tombstone
from headway.store import events, keys, operations
from headway.store.database import Database, StorageFull, Tx
from tests.engine.plays import BY, QuickClock, begun, play, row

DAY = 86_400 * SECOND


async def old(database: Database, days: float, id_of: int = 0, *, ended: float | None = None) -> Operation:
    """One that was accepted so many days ago and ended then, or `ended` days ago."""
    at = QuickClock().now() - int(days * DAY)
    it = await begun(
        database,
        play("a"),
        id=(at // 1000 << 21) + id_of,
        target=f"thing:{id_of}-{days}",
        created_at=at,
        updated_at=at,
        started_at=at,
    )
    if ended != 0:
        then = at if ended is None else QuickClock().now() - int(ended * DAY)
        await database.journal(operations.finished(it, then, Phase.SUCCEEDED, None))
    return it


def janitor(database: Database) -> Janitor:
    return Janitor(database, QuickClock(), retention_days=30)


async def kept(database: Database) -> list[int]:
    found = await database.read(lambda tx: operations.newest(tx, count=1000))
    return sorted(it.id for it in found)


async def test_what_is_old_leaves_a_tombstone(database: Database) -> None:
    gone, stays = await old(database, 31), await old(database, 29)
    await database.write(lambda tx: keys.insert(tx, "1", "key", "print", operation=gone.id, at=1))
    await database.journal(operations.said(stays, LogLine(n=1, at=1, text="not said: it has ended")))
    assert await janitor(database).sweep() == 1
    assert await kept(database) == [stays.id]
    stone = await database.read(lambda tx: operations.tombstone(tx, gone.id))
    assert stone == Tombstone(gone.id, "test.play", Phase.SUCCEEDED, 1, gone.created_at, gone.created_at)
    assert await database.read(lambda tx: operations.tombstone(tx, stays.id)) is None
    assert await database.read(lambda tx: keys.get(tx, "1", "key")) is None, "the key may be used again"


async def test_what_runs_or_ended_lately_is_kept_however_old(database: Database) -> None:
    runs, lately = await old(database, 400, 1, ended=0), await old(database, 300, 2, ended=1)
    assert await janitor(database).sweep() == 0
    assert await kept(database) == sorted([runs.id, lately.id])


async def test_more_than_a_batch_goes(database: Database) -> None:
    for n in range(BATCH + 5):
        await old(database, 40, n)
    assert await janitor(database).sweep() == BATCH + 5
    assert await kept(database) == []


async def test_events_go_as_a_prefix_and_the_newest_stays(database: Database) -> None:
    await old(database, 40)
    last = await database.read(events.last)
    await janitor(database).sweep()
    found = await database.read(lambda tx: events.after(tx, 0))
    assert [event.seq for event in found] == [last]


async def test_numbering_goes_on(database: Database) -> None:
    await old(database, 40)
    last = await database.read(events.last)
    await janitor(database).sweep()
    await old(database, 1)
    found = await database.read(lambda tx: events.after(tx, last))
    assert [event.seq for event in found] == [last + 1, last + 2, last + 3]


async def test_events_that_a_kept_operation_may_need_are_kept(database: Database) -> None:
    runs = await old(database, 400, 1, ended=0)
    await old(database, 40, 2)
    await janitor(database).sweep()
    assert [event.seq for event in await database.read(lambda tx: events.of_operation(tx, runs.id))] == [1, 2]


async def test_events_behind_a_young_one_stay_whatever_their_time(database: Database) -> None:
    now = QuickClock().now()

    async def body(tx: Tx) -> None:
        for days in (50, 49, 1, 48, 0):
            tx.append(NewEvent(at=now - days * DAY, name="test.happened", by=BY))

    await database.write(body)
    await janitor(database).sweep()
    assert [event.seq for event in await database.read(lambda tx: events.after(tx, 0))] == [3, 4, 5]


@pytest.mark.parametrize("trouble", [Unavailable("away"), StorageFull("full")])
async def test_a_database_that_is_away_does_not_end_it(database: Database, trouble: Exception) -> None:
    class Away:
        asked = 0

        async def write(self, body: object) -> int:
            self.asked += 1
            if self.asked > 2:
                stop.set()
            raise trouble

    stop, ready = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(30):
        await Janitor(Away(), QuickClock(), retention_days=1).serve(ready, stop)  # type: ignore[arg-type]
    assert ready.is_set()


async def test_a_tombstone_tells_an_expired_id_from_an_unknown_one(database: Database) -> None:
    gone = await old(database, 31)
    assert await row(database, gone.id)
    await janitor(database).sweep()
    assert await database.read(lambda tx: operations.get(tx, gone.id)) is None
    assert await database.read(lambda tx: operations.tombstone(tx, gone.id + 1)) is None
