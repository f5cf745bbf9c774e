"""One-offs as rows."""

import pytest

from headway.errors import NotFound
from headway.store import one_offs
from headway.store.database import Database
from tests.records import AT, a_one_off


async def keep(database: Database, *changes: dict[str, object]) -> None:
    for n, change in enumerate(changes):
        it = a_one_off(**{"id": 21 + n, "index": 1 + n, "operation_id": 77 + n, **change})
        await database.write(lambda tx, it=it: one_offs.insert(tx, it))


async def test_what_was_kept_comes_back_as_it_was(database: Database) -> None:
    it = a_one_off(environment={"GREETING": 'ü "\n', "EMPTY": ""}, detached=True, command="echo '\u202e'")
    await database.write(lambda tx: one_offs.insert(tx, it))
    assert await database.read(lambda tx: one_offs.get(tx, it.id)) == it
    assert await database.read(lambda tx: one_offs.of_operation(tx, 77)) == it
    for find in (one_offs.get, one_offs.of_operation):
        with pytest.raises(NotFound):
            await database.read(lambda tx, find=find: find(tx, 1))


async def test_how_it_ended_is_written_once_and_what_was_secret_goes(database: Database) -> None:
    await keep(database, {"environment": {"SECRET": "word"}})
    assert await database.write(lambda tx: one_offs.finish(tx, 21, 7, AT + 5))
    assert not await database.write(lambda tx: one_offs.finish(tx, 21, 8, AT + 6))
    it = await database.read(lambda tx: one_offs.get(tx, 21))
    assert (it.exit_code, it.finished_at, it.environment) == (7, AT + 5, {})


async def test_the_first_reason_stays_and_none_comes_behind_the_end(database: Database) -> None:
    await keep(database, {}, {})
    assert await database.write(lambda tx: one_offs.because(tx, 21, "stopped"))
    assert not await database.write(lambda tx: one_offs.because(tx, 21, "hung up"))
    await database.write(lambda tx: one_offs.finish(tx, 22, 0, AT))
    assert not await database.write(lambda tx: one_offs.because(tx, 22, "stopped"))
    found = [await database.read(lambda tx, it=it: one_offs.get(tx, it)) for it in (21, 22)]
    assert [it.reason for it in found] == ["stopped", ""]


async def test_it_is_settled_once(database: Database) -> None:
    await keep(database, {})
    for at in (AT + 1, AT + 2):
        await database.write(lambda tx, at=at: one_offs.settle(tx, 21, at))
    assert (await database.read(lambda tx: one_offs.get(tx, 21))).settled_at == AT + 1


async def test_those_that_go_on_are_listed_and_counted(database: Database) -> None:
    await keep(database, {}, {}, {"app_id": 6, "index": 1}, {"app_id": 6, "account_id": 2})
    await database.write(lambda tx: one_offs.finish(tx, 22, 0, AT))
    assert [it.id for it in await database.read(lambda tx: one_offs.active(tx, 5))] == [21]
    assert [it.id for it in await database.read(one_offs.active)] == [21, 23, 24]
    assert await database.read(lambda tx: one_offs.counts(tx, 6, 1)) == (2, 2)
    assert await database.read(lambda tx: one_offs.counts(tx, 9, 9)) == (0, 0)


async def test_each_app_counts_its_own_and_no_number_comes_twice(database: Database) -> None:
    assert await database.read(lambda tx: one_offs.next_index(tx, 5)) == 1
    await keep(database, {}, {}, {})
    for it in (21, 22, 23):
        await database.write(lambda tx, it=it: one_offs.finish(tx, it, 0, AT + it))
    await database.write(lambda tx: one_offs.forget(tx, 5, AT + 22))
    with pytest.raises(NotFound):
        await database.read(lambda tx: one_offs.get(tx, 21))
    await database.write(lambda tx: one_offs.forget(tx, 5, AT + 100))
    assert await database.read(lambda tx: one_offs.next_index(tx, 5)) == 4
    assert await database.read(lambda tx: one_offs.next_index(tx, 6)) == 1
