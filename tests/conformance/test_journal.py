"""What the database port promises of entries, events and commits, on every engine."""

import asyncio
import struct
from pathlib import Path

import asyncpg
import pytest

from headway.model.operations import Actor, LogLine, NewEvent
from headway.store import events, operations
from headway.store.database import Database, NotUnique, Tx
from tests.databases import Databases
from tests.rows import SQL, entry, get, numbered, put, said, up

# -- entries ----------------------------------------------------------------------------------------------------


async def test_an_entry_whose_guard_held_returns_its_row_and_writes_its_events(database: Database) -> None:
    await put(database, 1)
    row = await database.journal(entry("up_from", 1, said(target="a"), said(target="b"), epoch=0))
    assert row == (1, 1)
    assert await numbered(database) == [(1, "a"), (2, "b")]


async def test_an_entry_whose_guard_did_not_hold_writes_nothing(database: Database) -> None:
    await put(database, 1)
    assert await database.journal(entry("up_from", 1, said(), epoch=7)) is None
    assert await get(database, 1) == 0
    assert await numbered(database) == []


async def test_each_of_many_entries_gets_its_own_row(database: Database) -> None:
    ids = range(1, 1201)
    await put(database, *ids)
    wanted = [entry("up_from", id, said(target=str(id)), epoch=id % 2) for id in reversed(ids)]
    rows = await asyncio.gather(*map(database.journal, wanted))
    assert rows == [None if id % 2 else (id, 1) for id in reversed(ids)]
    assert sorted(int(target) for _, target in await numbered(database)) == [id for id in ids if id % 2 == 0]


async def test_entries_about_one_row_are_carried_out_in_order(database: Database) -> None:
    await put(database, 1)
    wanted = [entry("up_from", 1, said(target=str(n)), epoch=n) for n in range(10)]
    assert await asyncio.gather(*map(database.journal, wanted)) == [(1, n) for n in range(1, 11)]
    assert await numbered(database) == [(n, str(n - 1)) for n in range(1, 11)]


async def test_different_entries_about_one_row_are_carried_out_in_order(database: Database) -> None:
    await put(database, 1, 2)
    wanted = [
        entry("end_from", 2, epoch=0),
        *(entry("say", 1, touches=0, n=n) for n in range(1, 4)),
        entry("up_from", 1, epoch=0),
        entry("end_from", 1, epoch=1),
        entry("say", 1, touches=0, n=4),
        entry("say", 2, touches=0, n=1),
    ]
    rows = await asyncio.gather(*map(database.journal, wanted))
    assert rows == [(2, -1), (1,), (1,), (1,), (1, 1), (1, -1), None, None]


async def test_entries_and_bodies_that_come_together_are_all_carried_out(database: Database) -> None:
    await put(database, *range(1, 41))

    async def body(tx: Tx) -> None:
        await up(tx)
        tx.append(said())

    await asyncio.gather(
        *(database.write(body) for _ in range(40)),
        *(database.journal(entry("up", id, said())) for id in range(2, 41)),
    )
    assert [await get(database, id) for id in (1, 2, 40)] == [40, 1, 1]
    assert [seq for seq, _ in await numbered(database)] == list(range(1, 80))


async def test_an_entry_that_fails_does_not_harm_the_others(database: Database) -> None:
    await put(database, 1, 2)
    wanted = [entry("up", 1), entry("put_if_new", 2, name="new"), entry("up", 2)]
    outcomes = await asyncio.gather(*map(database.journal, wanted), return_exceptions=True)
    assert outcomes[0] == (1, 1)
    assert isinstance(outcomes[1], NotUnique)
    assert outcomes[2] == (2, 1)


# -- log -------------------------------------------------------------------------------------------------------


async def log_of(database: Database, id: int) -> list[tuple[int, str]]:
    lines = await database.read(lambda tx: operations.log_after(tx, id))
    return [(line.n, line.text) for line in lines]


def pieces(*numbers: int, text: str = "piece") -> tuple[LogLine, ...]:
    return tuple(LogLine(n=n, at=7, text=f"{text} {n}") for n in numbers)


async def test_the_log_that_comes_with_an_entry_is_written_if_its_guard_held(database: Database) -> None:
    await put(database, 1, 2, 3)
    wanted = [entry("up_from", id, said(), log=pieces(1, 2), epoch=id % 2) for id in (1, 2, 3)]
    assert await asyncio.gather(*map(database.journal, wanted)) == [None, (2, 1), None]
    found = [await log_of(database, id) for id in (1, 2, 3)]
    assert found == [[], [(1, "piece 1"), (2, "piece 2")], []]


async def test_a_piece_of_log_that_is_there_already_is_written_over_itself(database: Database) -> None:
    await put(database, 1)
    assert await database.journal(entry("up_from", 1, log=pieces(1), epoch=0)) is not None
    assert await database.journal(entry("up_from", 1, log=pieces(1, 2), epoch=1)) is not None
    assert await log_of(database, 1) == [(1, "piece 1"), (2, "piece 2")]


async def test_the_log_of_an_entry_within_a_body_is_written_with_it(database: Database) -> None:
    await put(database, 1, 2)

    async def body(tx: Tx) -> list[bool]:
        guarded = (entry("up_from", id, log=pieces(1, text="a\0b"), epoch=id - 1) for id in (1, 2))
        return [await operations.carry_out(tx, it) for it in guarded]

    assert await database.write(body) == [True, False]
    assert [len(await log_of(database, id)) for id in (1, 2)] == [1, 0]


# -- events -----------------------------------------------------------------------------------------------------


async def test_events_are_numbered_without_a_gap_or_a_double(
    database: Database, databases: Databases
) -> None:
    both = (database, await databases.another())
    await put(database, *range(1, 41))

    async def body(tx: Tx, n: int) -> None:
        for part in "abc":
            tx.append(said(target=f"{n}{part}"))
        if n % 4 == 0:
            raise LookupError(n)

    await asyncio.gather(
        *(both[n % 2].write(lambda tx, n=n: body(tx, n)) for n in range(40)),
        *(both[n % 2].journal(entry("up_from", n, said(), epoch=n % 3)) for n in range(1, 41)),
        return_exceptions=True,
    )
    found = await numbered(database)
    assert [seq for seq, _ in found] == list(range(1, 30 * 3 + 13 + 1))
    targets = [target for _, target in found if target]
    assert targets[1::3] == [f"{target[:-1]}b" for target in targets[::3]], "a body's events stand together"


async def test_numbering_goes_on_after_opening_again(database: Database, databases: Databases) -> None:
    async def body(tx: Tx) -> None:
        tx.append(said())

    await database.write(body)
    await database.close()
    again = await databases.another()
    await again.write(body)
    assert [seq for seq, _ in await numbered(again)] == [1, 2]


async def test_an_event_is_read_as_it_was_said(database: Database) -> None:
    async def body(tx: Tx) -> None:
        tx.append(
            NewEvent(
                at=7, name="a.b", operation=2**62, target="app:1", by=Actor(account_id=3), data={"x": [None]}
            )
        )

    await database.write(body)
    (event,) = await database.read(lambda tx: events.of_operation(tx, 2**62))
    assert (event.seq, event.at, event.name, event.target) == (1, 7, "a.b", "app:1")
    assert (event.by, event.data) == (Actor(account_id=3), {"x": [None]})


# -- commits ----------------------------------------------------------------------------------------------------


async def test_writers_that_arrive_together_share_commits(database: Database, databases: Databases) -> None:
    await put(database, *range(1, 101))

    async def body(tx: Tx) -> None:
        await up(tx)
        tx.append(said())

    before = await _commits(databases)
    await asyncio.gather(*(database.write(body) for _ in range(100)))
    await asyncio.gather(*(database.journal(entry("up", id, said())) for id in range(1, 101)))
    assert await _commits(databases) - before <= 10


async def _commits(databases: Databases) -> int:
    """How many transactions have written: in SQLite's log each ends in a frame that names the file's size."""
    if databases.url.startswith("postgresql:"):
        connection = await asyncpg.connect(databases.url)
        count = await connection.fetchval("SELECT count(DISTINCT xmin::text) FROM events")
        await connection.close()
        return count
    log = Path(f"{databases.url}-wal").read_bytes()
    (page,) = struct.unpack_from(">I", log, 8)
    return sum(struct.unpack_from(">I", log, at + 4)[0] != 0 for at in range(32, len(log), 24 + page))


async def test_what_is_for_after_the_commit_finds_it_committed(
    database: Database, databases: Databases
) -> None:
    other = await databases.another()
    acts: list[asyncio.Task[int | None]] = []

    async def body(tx: Tx) -> None:
        await tx.run(SQL["put"], id=1, name="a", at=0)
        tx.after_commit(lambda: acts.append(asyncio.ensure_future(get(other, 1))))

    await database.write(body)
    assert [await act for act in acts] == [0]


async def test_what_is_for_after_the_commit_does_not_happen_without_one(database: Database) -> None:
    acts: list[str] = []

    async def body(tx: Tx) -> None:
        tx.after_commit(lambda: acts.append("raised"))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(body)
    await put(database, 1)
    assert acts == []
