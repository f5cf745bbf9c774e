"""Deployments as rows."""

import pytest

from headway.errors import NotFound
from headway.store import deployments
from headway.store.database import Database
from tests.records import AT, a_deployment
from tests.store.of_an_app import with_apps


@pytest.fixture
async def database(database: Database) -> Database:
    """With three deployments of one app, and one of another."""
    await with_apps(database)
    for it in (
        *(a_deployment(id=id, operation_id=id + 70, ref=f"v{id}") for id in (1, 2, 3)),
        a_deployment(id=4, app_id=6, operation_id=74),
    ):
        await database.write(lambda tx, it=it: deployments.insert(tx, it))
    return database


async def test_what_was_kept_comes_back_as_it_was(database: Database) -> None:
    it = a_deployment(id=20, previous_ref="v3")
    await database.write(lambda tx: deployments.insert(tx, it))
    assert await database.read(lambda tx: deployments.get(tx, 20)) == it


async def test_one_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await database.read(lambda tx: deployments.get(tx, 99))


async def test_that_of_an_operation_is_found_only_under_its_own_app(database: Database) -> None:
    assert (await database.read(lambda tx: deployments.of_operation(tx, 72, 5))).id == 2
    for operation_id, app_id in ((72, 6), (99, 5)):
        with pytest.raises(NotFound):
            await database.read(lambda tx, o=operation_id, a=app_id: deployments.of_operation(tx, o, a))


async def test_those_of_an_app_come_newest_first_in_pages(database: Database) -> None:
    pages = [
        [it.id for it in await database.read(lambda tx, o=offset: deployments.of_app(tx, 5, 2, o))]
        for offset in (0, 2, 4)
    ]
    assert pages == [[3, 2], [1], []]
    assert await database.read(lambda tx: deployments.count(tx, 5)) == 3
    assert await database.read(lambda tx: deployments.count(tx, 7)) == 0


async def test_how_it_ended_is_said_of_one_alone(database: Database) -> None:
    await database.write(lambda tx: deployments.end(tx, 2, "success", AT + 1, 4096))
    ended, other = [await database.read(lambda tx, it=id: deployments.get(tx, it)) for id in (2, 3)]
    assert (ended.status, ended.finished_at, ended.image_size) == ("success", AT + 1, 4096)
    assert (other.status, other.finished_at, other.image_size) == (None, None, 0)
