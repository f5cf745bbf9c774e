"""What the database port promises, on every engine."""

import asyncio
import os
import secrets
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from headway.errors import Unavailable
from headway.model.operations import Actor, NewEvent, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Entry, NotUnique, Row, StorageFull, Tx
from headway.store.sheets import parsed
from tests.databases import Databases

HEARD_SECONDS = 10
SQL = parsed(
    "test",
    """
-- name: put
INSERT INTO nodes (id, name, epoch, lease_until) VALUES (:id, :name, 0, :at)

-- name: put_if_new
-- only: sqlite
INSERT INTO nodes (id, name, epoch, lease_until) VALUES (:id, :name, 0, 0) ON CONFLICT (name) DO NOTHING RETURNING id
-- only: postgres, many
INSERT INTO nodes (id, name, epoch, lease_until)
SELECT given.id, given.name, 0, 0 FROM unnest(:id::int[], :name::text[]) AS given (id, name)
ON CONFLICT (name) DO NOTHING RETURNING id
-- all

-- name: get
SELECT epoch FROM nodes WHERE id = :id

-- name: set
UPDATE nodes SET epoch = :epoch WHERE id = :id

-- name: up
-- only: sqlite
UPDATE nodes SET epoch = epoch + 1 WHERE id = :id RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = nodes.epoch + 1 FROM unnest(:id::int[]) AS given (id)
WHERE nodes.id = given.id RETURNING nodes.id, nodes.epoch
-- all

-- name: up_from
-- only: sqlite
UPDATE nodes SET epoch = epoch + 1 WHERE id = :id AND epoch = :epoch RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = nodes.epoch + 1 FROM unnest(:id::int[], :epoch::int[]) AS given (id, epoch)
WHERE nodes.id = given.id AND nodes.epoch = given.epoch RETURNING nodes.id, nodes.epoch
-- all

-- name: end_from
-- only: sqlite
UPDATE nodes SET epoch = -1 WHERE id = :id AND epoch = :epoch RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = -1 FROM unnest(:id::int[], :epoch::int[]) AS given (id, epoch)
WHERE nodes.id = given.id AND nodes.epoch = given.epoch RETURNING nodes.id, nodes.epoch
-- all

-- name: say
-- only: sqlite
INSERT INTO operation_log (operation, n, at, text) SELECT :id, :n, 0, 'said'
WHERE EXISTS (SELECT 1 FROM nodes WHERE id = :id AND epoch >= 0) RETURNING operation
-- only: postgres, many
INSERT INTO operation_log (operation, n, at, text) SELECT given.id, n, 0, 'said'
FROM unnest(:id::int[], :n::int[]) AS given (id, n)
WHERE EXISTS (SELECT 1 FROM nodes WHERE nodes.id = given.id AND epoch >= 0) RETURNING operation
-- all

-- name: described
SELECT id, lease_until, name, NULL, (SELECT sum(epoch) FROM nodes), (SELECT count(*) FROM nodes)
FROM nodes WHERE id = :id

-- name: ids
SELECT id FROM nodes ORDER BY id
""",
)


def _event(name: str = "test.happened", target: str = "") -> NewEvent:
    return NewEvent(at=1, name=name, target=target, by=Actor(name="tester"), data={"text": "ü \u2028"})


async def _put(database: Database, *ids: int) -> None:
    async def body(tx: Tx) -> None:
        for id in ids:
            await tx.run(SQL["put"], id=id, name=f"node-{id}", at=0)

    await database.write(body)


async def _get(database: Database, id: int) -> int | None:
    async def body(tx: Tx) -> int | None:
        row = await tx.one(SQL["get"], id=id)
        return None if row is None else row[0]

    return await database.read(body)


async def _ids(database: Database) -> list[int]:
    async def body(tx: Tx) -> list[int]:
        return [id for (id,) in await tx.all(SQL["ids"])]

    return await database.read(body)


async def _events(database: Database) -> list[tuple[int, str]]:
    async def body(tx: Tx) -> list[tuple[int, str]]:
        return [(event.seq, event.target) for event in await events.after(tx, 0, 100_000)]

    return await database.read(body)


async def _up(tx: Tx) -> None:
    """Add one to node 1 as a body may: read, then write."""
    row = await tx.one(SQL["get"], id=1)
    assert row is not None
    await tx.run(SQL["set"], id=1, epoch=row[0] + 1)


def _entry(query: str, id: int, *said: NewEvent, touches: int | None = None, **values: object) -> Entry:
    values |= {"id": id}
    return Entry(query=SQL[query], values=values, events=said, touches=id if touches is None else touches)


def _accepted(id: int, target: str = "app:1") -> Entry:
    operation = Operation(
        id, "app.scale", target, True, Phase.QUEUED, "{}", 1, None, 0, 0, False, 1, 0, None, "", None, 5, None, 5, None
    )  # fmt: skip
    return operations.accepted(operation, Actor())


# -- bodies --------------------------------------------------------------------------------------------------


async def test_what_a_body_returns_is_returned(database: Database) -> None:
    async def body(tx: Tx) -> str:
        return "this"

    assert await database.write(body) == "this"
    assert await database.read(body) == "this"


async def test_a_body_that_raises_leaves_nothing_behind(database: Database) -> None:
    async def body(tx: Tx) -> None:
        await tx.run(SQL["put"], id=1, name="a", at=0)
        tx.append(_event())
        raise LookupError("its own")

    with pytest.raises(LookupError, match="its own"):
        await database.write(body)
    assert await _ids(database) == []
    assert await _events(database) == []


async def test_bodies_that_raise_do_not_harm_those_that_share_their_commit(database: Database) -> None:
    async def body(tx: Tx, id: int) -> None:
        await tx.run(SQL["put"], id=id, name=f"node-{id}", at=0)
        tx.append(_event(target=str(id)))
        if id % 3 == 0:
            raise LookupError(id)

    outcomes = await asyncio.gather(
        *(database.write(lambda tx, n=n: body(tx, n)) for n in range(1, 31)), return_exceptions=True
    )
    assert [isinstance(outcome, LookupError) for outcome in outcomes] == [id % 3 == 0 for id in range(1, 31)]
    kept = [id for id in range(1, 31) if id % 3]
    assert await _ids(database) == kept
    assert await _events(database) == [(seq, str(id)) for seq, id in enumerate(kept, 1)]


async def test_a_body_sees_what_it_wrote_and_others_do_not_yet(database: Database) -> None:
    async def body(tx: Tx) -> tuple[Row | None, int | None]:
        await tx.run(SQL["put"], id=1, name="a", at=0)
        return await tx.one(SQL["get"], id=1), await _get(database, 1)

    assert await database.write(body) == ((0,), None)
    assert await _get(database, 1) == 0


async def test_no_update_is_lost_between_bodies(database: Database) -> None:
    await _put(database, 1)
    await asyncio.gather(*(database.write(_up) for _ in range(100)))
    assert await _get(database, 1) == 100


async def test_no_update_is_lost_between_processes(database: Database, databases: Databases) -> None:
    other = await databases.another()
    await _put(database, 1)

    async def ups(its: Database) -> None:
        for _ in range(25):
            await its.write(_up)

    await asyncio.gather(*(ups(its) for its in (database, other) for _ in range(2)))
    assert await _get(database, 1) == 100


async def test_no_update_is_lost_between_bodies_and_entries(database: Database, databases: Databases) -> None:
    other = await databases.another()
    await _put(database, 1)

    async def ups() -> None:
        for _ in range(25):
            await database.write(_up)

    async def entries(its: Database) -> None:
        for _ in range(25):
            assert await its.journal(_entry("up", 1))

    await asyncio.gather(ups(), ups(), entries(database), entries(other))
    assert await _get(database, 1) == 100


async def test_run_says_how_many_rows_it_changed(database: Database) -> None:
    async def body(tx: Tx) -> list[int]:
        put = [await tx.run(SQL["put"], id=id, name=str(id), at=0) for id in (1, 2)]
        return [*put, await tx.run(SQL["set"], id=2, epoch=3), await tx.run(SQL["set"], id=3, epoch=3)]

    assert await database.write(body) == [1, 1, 1, 0]


async def test_rows_are_tuples_of_plain_values(database: Database) -> None:
    async def body(tx: Tx) -> list[Row]:
        await tx.run(SQL["put"], id=True, name="é \U0001f600 ' \\ \"", at=2**63 - 1)
        await tx.run(SQL["put"], id=2, name="", at=-(2**63))
        return await tx.all(SQL["described"], id=1)

    rows = await database.write(body)
    assert rows == [(1, 2**63 - 1, "é \U0001f600 ' \\ \"", None, 0, 2)]
    assert [type(value) for value in (rows[0], *rows[0])] == [tuple, int, int, str, type(None), int, int]


async def test_a_nul_in_a_text_harms_nothing(database: Database) -> None:
    async def body(tx: Tx) -> Row | None:
        await tx.run(SQL["put"], id=1, name="a\0b", at=0)
        return await tx.one(SQL["described"], id=1)

    row = await database.write(body)
    assert row is not None
    assert row[2] in {"a\0b", "a\ufffdb"}
    assert await database.journal(_entry("put_if_new", 2, name="c\0d")) == (2,)


async def test_reading_cannot_write(database: Database) -> None:
    async def body(tx: Tx) -> None:
        await tx.run(SQL["put"], id=1, name="a", at=0)

    with pytest.raises(Exception, match=r"read.?only"):
        await database.read(body)
    assert await _ids(database) == []


async def test_what_was_written_is_there_when_opened_again(database: Database, databases: Databases) -> None:
    await _put(database, 1)
    await database.close()
    assert await _ids(await databases.another()) == [1]


async def test_a_caller_who_gives_up_does_not_harm_the_others(database: Database) -> None:
    await _put(database, 1)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(database.write(_up)) for _ in range(20)]
        tasks += [group.create_task(database.journal(_entry("up", 1))) for _ in range(5)]
        await asyncio.sleep(0)
        tasks[3].cancel()
        tasks[22].cancel()
    assert (await _get(database, 1) or 0) >= 23
    assert await database.journal(_entry("up", 1))


# -- unique indexes ------------------------------------------------------------------------------------------


async def test_a_body_goes_on_after_a_unique_index_refused(database: Database) -> None:
    await _put(database, 1)

    async def body(tx: Tx) -> Row | None:
        await tx.run(SQL["put"], id=2, name="node-2", at=0)
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=1, name="other", at=0)
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=3, name="node-1", at=0)
        await tx.run(SQL["put"], id=4, name="node-4", at=0)
        return await tx.one(SQL["get"], id=1)

    assert await database.write(body) == (0,)
    assert await _ids(database) == [1, 2, 4]


async def test_a_body_reads_the_holder_when_its_first_statement_is_refused(database: Database) -> None:
    await _put(database, 1)

    async def body(tx: Tx) -> Row | None:
        with pytest.raises(NotUnique):
            await tx.run(SQL["put"], id=1, name="other", at=0)
        return await tx.one(SQL["get"], id=1)

    assert await database.write(body) == (0,)


async def test_not_unique_reaches_the_caller_and_nothing_is_written(database: Database) -> None:
    with pytest.raises(NotUnique) as refused:
        await _put(database, 1, 2, 1)
    assert "nodes" in refused.value.index
    assert await _ids(database) == []


async def test_of_fifty_who_want_one_target_one_gets_it(database: Database, databases: Databases) -> None:
    both = (database, await databases.another())
    rows = await asyncio.gather(*(both[id % 2].journal(_accepted(id)) for id in range(1, 51)))
    assert [type(row) for row in rows].count(tuple) == 1
    assert len(await _events(database)) == 1


async def test_an_entry_in_a_body_has_the_same_guard(database: Database) -> None:
    async def body(tx: Tx) -> list[bool]:
        return [await operations.carry_out(tx, _accepted(id)) is not None for id in (1, 2)]

    assert await database.write(body) == [True, False]
    assert len(await _events(database)) == 1


# -- the journal ---------------------------------------------------------------------------------------------


async def test_an_entry_whose_guard_held_returns_its_row_and_writes_its_events(database: Database) -> None:
    await _put(database, 1)
    said = (_event(target="a"), _event(target="b"))
    assert await database.journal(_entry("up_from", 1, *said, epoch=0)) == (1, 1)
    assert await _events(database) == [(1, "a"), (2, "b")]


async def test_an_entry_whose_guard_did_not_hold_writes_nothing(database: Database) -> None:
    await _put(database, 1)
    assert await database.journal(_entry("up_from", 1, _event(), epoch=7)) is None
    assert await _get(database, 1) == 0
    assert await _events(database) == []


async def test_each_of_many_entries_gets_its_own_row(database: Database) -> None:
    ids = range(1, 1201)
    await _put(database, *ids)
    wanted = [_entry("up_from", id, _event(target=str(id)), epoch=id % 2) for id in reversed(ids)]
    rows = await asyncio.gather(*map(database.journal, wanted))
    assert rows == [None if id % 2 else (id, 1) for id in reversed(ids)]
    assert sorted(int(target) for _, target in await _events(database)) == [id for id in ids if id % 2 == 0]


async def test_entries_about_one_row_are_carried_out_in_order(database: Database) -> None:
    await _put(database, 1)
    wanted = [_entry("up_from", 1, _event(target=str(n)), epoch=n) for n in range(10)]
    assert await asyncio.gather(*map(database.journal, wanted)) == [(1, n) for n in range(1, 11)]
    assert await _events(database) == [(n, str(n - 1)) for n in range(1, 11)]


async def test_different_entries_about_one_row_are_carried_out_in_order(database: Database) -> None:
    await _put(database, 1, 2)
    wanted = [
        _entry("end_from", 2, epoch=0),
        *(_entry("say", 1, touches=0, n=n) for n in range(1, 4)),
        _entry("up_from", 1, epoch=0),
        _entry("end_from", 1, epoch=1),
        _entry("say", 1, touches=0, n=4),
        _entry("say", 2, touches=0, n=1),
    ]
    rows = await asyncio.gather(*map(database.journal, wanted))
    assert rows == [(2, -1), (1,), (1,), (1,), (1, 1), (1, -1), None, None]


async def test_entries_and_bodies_that_come_together_are_all_carried_out(database: Database) -> None:
    await _put(database, *range(1, 41))

    async def body(tx: Tx) -> None:
        await _up(tx)
        tx.append(_event())

    await asyncio.gather(
        *(database.write(body) for _ in range(40)),
        *(database.journal(_entry("up", id, _event())) for id in range(2, 41)),
    )
    assert [await _get(database, id) for id in (1, 2, 40)] == [40, 1, 1]
    assert [seq for seq, _ in await _events(database)] == list(range(1, 80))


async def test_an_entry_that_fails_does_not_harm_the_others(database: Database) -> None:
    await _put(database, 1, 2)
    wanted = [_entry("up", 1), _entry("put_if_new", 2, name="new"), _entry("up", 2)]
    outcomes = await asyncio.gather(*map(database.journal, wanted), return_exceptions=True)
    assert outcomes[0] == (1, 1)
    assert isinstance(outcomes[1], NotUnique)
    assert outcomes[2] == (2, 1)


# -- events --------------------------------------------------------------------------------------------------


async def test_events_are_numbered_without_a_gap_or_a_double(
    database: Database, databases: Databases
) -> None:
    both = (database, await databases.another())
    await _put(database, *range(1, 41))

    async def body(tx: Tx, n: int) -> None:
        for part in "abc":
            tx.append(_event(target=f"{n}{part}"))
        if n % 4 == 0:
            raise LookupError(n)

    await asyncio.gather(
        *(both[n % 2].write(lambda tx, n=n: body(tx, n)) for n in range(40)),
        *(both[n % 2].journal(_entry("up_from", n, _event(), epoch=n % 3)) for n in range(1, 41)),
        return_exceptions=True,
    )
    found = await _events(database)
    assert [seq for seq, _ in found] == list(range(1, 30 * 3 + 13 + 1))
    targets = [target for _, target in found if target]
    assert targets[1::3] == [f"{target[:-1]}b" for target in targets[::3]], "a body's events stand together"


async def test_numbering_goes_on_after_opening_again(database: Database, databases: Databases) -> None:
    async def body(tx: Tx) -> None:
        tx.append(_event())

    await database.write(body)
    await database.close()
    again = await databases.another()
    await again.write(body)
    assert [seq for seq, _ in await _events(again)] == [1, 2]


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


# -- commits -------------------------------------------------------------------------------------------------


async def test_writers_that_arrive_together_share_commits(database: Database, databases: Databases) -> None:
    await _put(database, *range(1, 101))

    async def body(tx: Tx) -> None:
        await _up(tx)
        tx.append(_event())

    before = await _commits(databases)
    await asyncio.gather(*(database.write(body) for _ in range(100)))
    await asyncio.gather(*(database.journal(_entry("up", id, _event())) for id in range(1, 101)))
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
        tx.after_commit(lambda: acts.append(asyncio.ensure_future(_get(other, 1))))

    await database.write(body)
    assert [await act for act in acts] == [0]


async def test_what_is_for_after_the_commit_does_not_happen_without_one(database: Database) -> None:
    acts: list[str] = []

    async def body(tx: Tx) -> None:
        tx.after_commit(lambda: acts.append("raised"))
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(body)
    await _put(database, 1)
    assert acts == []


# -- listening -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
async def test_a_commit_is_heard(database: Database, databases: Databases, elsewhere: bool) -> None:
    writer = await databases.another() if elsewhere else database
    heard = asyncio.Event()
    database.listen(heard.set)
    await _put(writer, 1)
    await asyncio.wait_for(heard.wait(), HEARD_SECONDS)


async def test_who_has_stopped_listening_hears_nothing(database: Database) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    end = database.listen(first.set)
    database.listen(second.set)
    end()
    await _put(database, 1)
    await asyncio.wait_for(second.wait(), HEARD_SECONDS)
    assert not first.is_set()


# -- the end -------------------------------------------------------------------------------------------------


async def test_closing_finishes_what_was_begun(database: Database, databases: Databases) -> None:
    await _put(database, 1)
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(database.write(_up))
            group.create_task(database.journal(_entry("up", 1)))
        await asyncio.sleep(0)
        await database.close()
    assert await _get(await databases.another(), 1) == 20


async def test_closing_twice_is_fine_and_then_nothing_goes(database: Database) -> None:
    await database.close()
    await database.close()
    with pytest.raises(Unavailable):
        await _put(database, 1)
    with pytest.raises(Unavailable):
        await database.journal(_entry("up", 1))
    with pytest.raises(Unavailable):
        await _ids(database)


@pytest.fixture
async def writing(databases: Databases) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that writes for ever: bodies put node n, entries raise node 1; it prints n when that is on disk."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("writing_process.py")),
        databases.url,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_what_was_acknowledged_survives_kill_9(
    database: Database, databases: Databases, writing: asyncio.subprocess.Process
) -> None:
    await _put(database, 1)
    assert writing.stdout
    acknowledged = [await writing.stdout.readline() for _ in range(200)]
    writing.send_signal(signal.SIGKILL)
    acknowledged += (await writing.stdout.read()).splitlines()
    numbers = [line.split() for line in acknowledged if line.strip()]
    bodies = {int(n) for kind, n in numbers if kind == b"body"}
    entries = sum(kind == b"entry" for kind, _ in numbers)

    again = await databases.another()
    there = set(await _ids(again)) - {1}
    risen = await _get(again, 1) or 0
    assert bodies, "it wrote"
    assert entries, "it wrote"
    assert bodies <= there
    assert entries <= risen
    found = await _events(again)
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
    assert {int(target) for _, target in found if target} == there, "rows and events: both or neither"
    assert len(found) == len(there) + risen
    await _put(again, 0)


@pytest.fixture
def tiny_disk() -> Iterator[Path]:
    """A disk of a megabyte, of which an eighth is taken by a file named `ballast`."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a tiny disk")
    folder = Path(tempfile.mkdtemp(prefix="headway-tiny-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "tiny", folder], check=True)
    (folder / "ballast").write_bytes(bytes(128 * 1024))
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.fixture
async def crowded(databases: Databases, tiny_disk: Path) -> AsyncIterator[Database]:
    """A database whose events are on the tiny disk."""
    if not databases.url.startswith("postgresql:"):
        here = Databases(str(tiny_disk / "headway.db"))
        yield await here.another()
        await here.close()
        return
    (tiny_disk / "space").mkdir()
    shutil.chown(tiny_disk / "space", "nobody", "nogroup")
    connection = await asyncpg.connect(databases.url)
    await connection.execute(f"CREATE TABLESPACE tiny LOCATION '{tiny_disk / 'space'}'")
    await connection.execute("ALTER TABLE events SET TABLESPACE tiny")
    yield await databases.another()
    await databases.close()
    await connection.execute("DROP TABLE events")
    await connection.execute("DROP TABLESPACE tiny")
    await connection.close()


async def test_a_full_disk_is_said_and_harms_nothing_that_was_written(
    crowded: Database, tiny_disk: Path
) -> None:
    async def body(tx: Tx, id: int) -> None:
        await tx.run(SQL["put"], id=id, name=f"node-{id}", at=0)
        tx.append(_event(target=secrets.token_hex(4096)))

    async def write(id: int) -> None:
        await crowded.write(lambda tx: body(tx, id))

    async def fill() -> None:
        nonlocal written
        while True:
            await write(written + 1)
            written += 1

    written = 0
    with pytest.raises(StorageFull):
        await fill()
    with pytest.raises(StorageFull):
        await crowded.journal(_entry("up", 1, *(_event(target=secrets.token_hex(4096)) for _ in range(40))))
    assert await _ids(crowded) == list(range(1, written + 1))
    assert await _get(crowded, 1) == 0

    (tiny_disk / "ballast").unlink()
    await write(written + 1)
    assert [seq for seq, _ in await _events(crowded)] == list(range(1, written + 2))
