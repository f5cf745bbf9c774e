"""Events are read in order and forgotten from the front."""

from pathlib import Path

import apsw
import asyncpg
import pytest

from headway.clock import SystemClock
from headway.model.accounts import Account
from headway.model.collaborators import Collaborator
from headway.model.operations import NewEvent
from headway.store import accounts, collaborators, events
from headway.store.database import Database, Tx
from headway.store.sqlite import Sqlite
from tests.store.of_an_app import with_apps


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


async def happened(database: Database, *names_and_targets: tuple[str, str]) -> None:
    """Each at the time of its number."""

    async def body(tx: Tx) -> None:
        for at, (name, target) in enumerate(names_and_targets, start=1):
            tx.append(NewEvent(at=at, name=name, target=target))

    await database.write(body)


async def test_what_happened_to_one_thing_is_told_newest_first_and_without_operations(
    database: Database,
) -> None:
    await happened(
        database, ("app.created", "app:5"), ("operation.queued", "app:5"), ("app.created", "app:6"), ("app.scaled", "app:5")
    )  # fmt: skip
    told = [it.seq for it in await database.read(lambda tx: events.told_of(tx, "app:5", 10, 0))]
    assert told == [4, 1]
    assert [it.seq for it in await database.read(lambda tx: events.told_of(tx, "app:5", 1, 1))] == [1]
    assert await database.read(lambda tx: events.count_told_of(tx, "app:5")) == 2
    assert [it.seq for it in await database.read(lambda tx: events.told_of_since(tx, "app:5", 2, 9))] == [4]
    assert await database.read(lambda tx: events.told(tx, 2)) is None
    assert (await database.read(lambda tx: events.told(tx, 3))) is not None
    assert await database.read(lambda tx: events.told(tx, 5)) is None


async def test_an_account_is_told_of_itself_and_of_the_apps_that_it_sees(database: Database) -> None:
    await with_apps(database)
    for id, owner in ((2, None), (3, 2)):
        account = Account(id, f"account-{id}", f"{id}@example.com", 1)
        await database.write(lambda tx, it=account: accounts.insert(tx, it))
        guest = Collaborator(id + 20, 5, f"{id}@example.com", owner, True, 1)
        await database.write(lambda tx, it=guest: collaborators.insert(tx, it))
    await happened(
        database, *((f"{noun}.happened", f"{noun}:{id}") for noun, id in (("app", 5), ("app", 6), ("account", 1), ("account", 2), ("pool", 5)))
    )  # fmt: skip
    told = {
        id: [it.seq for it in await database.read(lambda tx, id=id: events.told_to(tx, id, 10, 0))]
        for id in (1, 2, 3)
    }
    assert told == {1: [3, 2, 1], 2: [4, 1], 3: []}
    assert [await database.read(lambda tx, id=id: events.count_told_to(tx, id)) for id in told] == [3, 2, 0]
    assert [it.seq for it in await database.read(lambda tx: events.told_to_since(tx, 1, 2, 1))] == [3]
    assert [it.seq for it in await database.read(lambda tx: events.told_to(tx, 1, 1, 1))] == [2]


TOLD = {
    "told_of": {"target": "app:5", "count": 20, "offset": 0},
    "count_told_of": {"target": "app:5"},
    "told_of_since": {"target": "app:5", "since": 0, "count": 1000},
    "told_to": {"account_id": 1, "own": "account:1", "count": 20, "offset": 0},
    "count_told_to": {"account_id": 1, "own": "account:1"},
    "told_to_since": {"account_id": 1, "own": "account:1", "since": 0, "count": 1000},
}
MANY = {
    "sqlite": "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)",
    "postgres": "WITH n (n) AS (SELECT generate_series(1, 20000))",
}
FILL = """INSERT INTO events (seq, at, name, operation, target, actor, data) SELECT n, n,
CASE WHEN n % 10 = 0 THEN 'app.scaled' ELSE 'operation.progress' END, n, 'app:' || (n % 50), '{}', '{}' FROM n"""
"""Twenty thousand events of fifty apps; a tenth of them is told."""


@pytest.mark.parametrize("name", TOLD)
async def test_a_page_is_found_by_the_index_on_sqlite(tmp_path: Path, name: str) -> None:
    database = Sqlite(tmp_path / "headway.db", SystemClock())
    await database.open()
    await database.close()
    connection = apsw.Connection(str(tmp_path / "headway.db"))
    connection.execute(f"{MANY['sqlite']} {FILL}")
    statement = events.SQL[name].sqlite
    rows = list(connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", statement.picked(TOLD[name])))
    connection.close()
    plan = "\n".join(str(row[3]) for row in rows)
    assert (
        "USING INDEX events_told (target=?" in plan or "USING COVERING INDEX events_told (target=?" in plan
    ), plan
    assert "SCAN events" not in plan


@pytest.mark.parametrize("name", TOLD)
async def test_a_page_is_found_by_the_index_on_postgres(postgres_url: str, name: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"{MANY['postgres']} {FILL}")
    await connection.execute("ANALYZE events")
    statement = events.SQL[name].postgres
    values = ", ".join(repr(value) for value in statement.picked(TOLD[name]))
    await connection.execute(f"PREPARE it AS {statement.sql}")
    rows = await connection.fetch(f"EXPLAIN EXECUTE it ({values})")
    await connection.close()
    plan = "\n".join(row[0] for row in rows)
    assert "events_told" in plan, plan
    assert "events_pkey" not in plan
    assert "Seq Scan on events" not in plan
