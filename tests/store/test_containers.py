"""Formations and containers as rows."""

import pytest

from headway.store import containers
from headway.store.database import Database, NotUnique, Tx
from tests.records import a_container, a_type
from tests.store.of_an_app import with_apps


@pytest.fixture
async def database(database: Database) -> Database:
    return await with_apps(database)


async def test_types_come_in_the_order_in_which_they_came(database: Database) -> None:
    web, clock, foreign = a_type(), a_type(id=4, name="clock"), a_type(id=3, app_id=6)
    await database.write(lambda tx: containers.keep_types(tx, [web, clock, foreign]))
    assert await database.read(lambda tx: containers.types(tx, 5)) == [clock, web]


async def test_a_type_that_is_kept_again_changes_and_keeps_its_id(database: Database) -> None:
    await database.write(lambda tx: containers.keep_types(tx, [a_type()]))
    changed = a_type(amount=3, size="XL", command="serve better")
    await database.write(lambda tx: containers.keep_types(tx, [changed]))
    assert await database.read(lambda tx: containers.types(tx, 5)) == [changed]
    stranger = a_type(id=60)
    await database.write(lambda tx: containers.keep_types(tx, [stranger]))
    assert await database.read(lambda tx: containers.types(tx, 5)) == [a_type()]


async def test_an_app_has_exactly_the_containers_that_replaced_the_others(database: Database) -> None:
    one, two, worker = (
        a_container(),
        a_container(id=12, index=2),
        a_container(id=10, type="worker", size="L"),
    )
    foreign = a_container(id=20, app_id=6)
    await database.write(lambda tx: containers.replace(tx, 6, [foreign]))
    await database.write(lambda tx: containers.replace(tx, 5, [worker, two, one]))
    assert await database.read(lambda tx: containers.of_app(tx, 5)) == [one, two, worker]
    successor = a_container(id=30, release_id=9)
    await database.write(lambda tx: containers.replace(tx, 5, [successor]))
    assert await database.read(lambda tx: containers.of_app(tx, 5)) == [successor]
    assert await database.read(lambda tx: containers.of_app(tx, 6)) == [foreign]


async def test_ten_come_after_nine(database: Database) -> None:
    ten = [a_container(id=index, index=index) for index in range(10, 0, -1)]
    await database.write(lambda tx: containers.replace(tx, 5, ten))
    assert [it.index for it in await database.read(lambda tx: containers.of_app(tx, 5))] == list(range(1, 11))


async def test_two_with_one_label_are_refused_and_nothing_is_changed(database: Database) -> None:
    await database.write(lambda tx: containers.replace(tx, 5, [a_container()]))

    async def body(tx: Tx) -> None:
        await containers.replace(tx, 5, [a_container(id=12), a_container(id=13)])

    with pytest.raises(NotUnique):
        await database.write(body)
    assert await database.read(lambda tx: containers.of_app(tx, 5)) == [a_container()]
