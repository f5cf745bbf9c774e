"""Events are read in order and forgotten from the front."""

from headway.model.operations import NewEvent
from headway.store import events
from headway.store.database import Database, Tx


async def say(database: Database, *times: int, operation: int | None = None) -> None:
    async def body(tx: Tx) -> None:
        for at in times:
            tx.append(NewEvent(at=at, name="test.happened", operation=operation))

    await database.write(body)


async def seqs(database: Database) -> list[int]:
    return [it.seq for it in await database.read(lambda tx: events.after(tx, 0))]


async def test_nothing_is_numbered_0(database: Database) -> None:
    assert await database.read(events.last) == await database.read(events.first) == 0


async def test_they_are_read_behind_a_number(database: Database) -> None:
    await say(database, 1, 2, 3)
    await say(database, 4, operation=7)
    assert [it.at for it in await database.read(lambda tx: events.after(tx, 1, 2))] == [2, 3]
    assert [it.seq for it in await database.read(lambda tx: events.of_operation(tx, 7))] == [4]
    assert (await database.read(events.first), await database.read(events.last)) == (1, 4)


async def test_forgetting_stops_at_the_first_that_is_young(database: Database) -> None:
    await say(database, 1, 2, 9, 3, 4)
    assert await database.write(lambda tx: events.forget(tx, 5, 100)) == 2
    assert await database.write(lambda tx: events.forget(tx, 5, 100)) == 0
    assert await seqs(database) == [3, 4, 5]


async def test_forgetting_goes_in_batches_and_keeps_the_newest(database: Database) -> None:
    await say(database, *range(5))
    assert await database.write(lambda tx: events.forget(tx, 100, 2)) == 2
    assert await database.write(lambda tx: events.forget(tx, 100, 100)) == 2
    assert await seqs(database) == [5]
    await say(database, 1)
    assert await seqs(database) == [5, 6]
