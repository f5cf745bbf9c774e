"""Tasks and their runs as rows."""

import msgspec
import pytest

from headway.errors import NotFound
from headway.store import apps, cron_tasks
from headway.store.database import Database, NotUnique
from tests.records import AT, a_cron_run, a_cron_task
from tests.store.of_an_app import with_apps


@pytest.fixture
async def database(database: Database) -> Database:
    """Two tasks of app 5, one of app 6."""
    await with_apps(database)
    for it in (
        a_cron_task(id=41, position=1, command="second", next_at=AT + 5),
        a_cron_task(),
        a_cron_task(id=50, app_id=6, next_at=AT + 9),
    ):
        await database.write(lambda tx, it=it: cron_tasks.insert(tx, it))
    return database


async def test_one_is_read_as_it_was_kept_and_those_of_an_app_in_their_order(database: Database) -> None:
    assert await database.read(lambda tx: cron_tasks.get(tx, 40)) == a_cron_task()
    assert [it.id for it in await database.read(lambda tx: cron_tasks.of_app(tx, 5))] == [40, 41]
    with pytest.raises(NotFound):
        await database.read(lambda tx: cron_tasks.get(tx, 1))


async def test_what_is_due_and_what_is_not_yet(database: Database) -> None:
    assert await database.read(lambda tx: cron_tasks.due(tx, AT - 1)) == []
    assert await database.read(lambda tx: cron_tasks.due(tx, AT + 5)) == [40, 41]
    assert [it.id for it in await database.read(lambda tx: cron_tasks.ahead(tx, AT + 5))] == [50]
    await database.write(lambda tx: cron_tasks.put_off(tx, 40, AT + 100))
    assert await database.read(lambda tx: cron_tasks.due(tx, AT + 5)) == [41]


async def test_one_that_no_release_in_force_has_comes_last_and_is_due_at_no_time(database: Database) -> None:
    await database.write(lambda tx: cron_tasks.retire(tx, 40))
    found = await database.read(lambda tx: cron_tasks.of_app(tx, 5))
    assert [(it.id, it.next_at) for it in found] == [(41, AT + 5), (40, None)]
    assert await database.read(lambda tx: cron_tasks.due(tx, AT + 5)) == [41]
    await database.write(lambda tx: cron_tasks.renew(tx, 40, position=7, size="L", next_at=AT + 3))
    it = await database.read(lambda tx: cron_tasks.get(tx, 40))
    assert it == a_cron_task(position=7, size="L", next_at=AT + 3)


async def test_what_became_of_it_is_kept(database: Database) -> None:
    await database.write(lambda tx: cron_tasks.troubled(tx, 40, "no room"))
    assert (await database.read(lambda tx: cron_tasks.get(tx, 40))).trouble == "no room"
    await database.write(lambda tx: cron_tasks.missed(tx, 40, AT, "no room", AT + 10))
    missed = a_cron_task(next_at=AT + 10, missed_at=AT, missed_why="no room")
    assert await database.read(lambda tx: cron_tasks.get(tx, 40)) == missed
    await database.write(lambda tx: cron_tasks.began(tx, 40, AT + 11, 77, AT + 20))
    began = msgspec.structs.replace(missed, next_at=AT + 20, last_at=AT + 11, last_operation_id=77)
    assert await database.read(lambda tx: cron_tasks.get(tx, 40)) == began


async def test_of_one_task_at_one_time_there_is_one_run(database: Database) -> None:
    await database.write(lambda tx: cron_tasks.insert_run(tx, a_cron_run()))
    for it in (a_cron_run(due_at=AT + 1), a_cron_run(task_id=41)):
        await database.write(lambda tx, it=it: cron_tasks.insert_run(tx, it))
    with pytest.raises(NotUnique):
        await database.write(lambda tx: cron_tasks.insert_run(tx, a_cron_run(operation_id=78)))
    assert await database.read(lambda tx: cron_tasks.run(tx, 40, AT)) == a_cron_run()
    assert await database.read(lambda tx: cron_tasks.run(tx, 41, AT + 1)) is None


async def test_one_whose_time_is_over_is_found_until_it_was_seen_to(database: Database) -> None:
    await database.write(lambda tx: cron_tasks.insert_run(tx, a_cron_run()))
    assert await database.read(lambda tx: cron_tasks.overdue(tx, AT)) == []
    assert await database.read(lambda tx: cron_tasks.overdue(tx, AT + 1)) == [a_cron_run()]
    await database.write(lambda tx: cron_tasks.seen_to(tx, a_cron_run()))
    assert await database.read(lambda tx: cron_tasks.overdue(tx, AT + 1)) == []


async def test_what_is_long_over_is_forgotten(database: Database) -> None:
    for it in (
        a_cron_run(until=None),
        a_cron_run(due_at=AT + 1),
        a_cron_run(due_at=AT + 50, until=None),
    ):
        await database.write(lambda tx, it=it: cron_tasks.insert_run(tx, it))
    for id in (40, 41):
        await database.write(lambda tx, id=id: cron_tasks.retire(tx, id))
    await database.write(lambda tx: cron_tasks.began(tx, 50, AT + 50, 77, AT + 60))
    await database.write(lambda tx: cron_tasks.forget(tx, 5, AT))
    assert len(await database.read(lambda tx: cron_tasks.of_app(tx, 5))) == 2
    await database.write(lambda tx: cron_tasks.forget(tx, 5, AT + 50))
    runs = [await database.read(lambda tx, n=n: cron_tasks.run(tx, 40, AT + n)) for n in (0, 1, 50)]
    assert [it is not None for it in runs] == [False, True, True]
    assert await database.read(lambda tx: cron_tasks.of_app(tx, 5)) == []


async def test_they_go_with_their_app(database: Database) -> None:
    await database.write(lambda tx: cron_tasks.insert_run(tx, a_cron_run()))
    await database.write(lambda tx: apps.delete(tx, 5))
    assert await database.read(lambda tx: cron_tasks.of_app(tx, 5)) == []
    assert await database.read(lambda tx: cron_tasks.run(tx, 40, AT)) is None
    assert len(await database.read(lambda tx: cron_tasks.of_app(tx, 6))) == 1
