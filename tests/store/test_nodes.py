"""Nodes: a number for a name, an epoch for each coming, and one who ends it."""

import asyncio

from headway.clock import SECOND, SystemClock
from headway.store import nodes
from headway.store.database import Database
from tests.databases import Databases
from tests.engine.plays import begun, play

LEASE = 6 * SECOND


async def register(database: Database, name: str, lease: int = LEASE) -> tuple[int, int]:
    return await database.write(lambda tx: nodes.register(tx, name, SystemClock().now(), lease))


async def test_a_name_keeps_its_number_and_each_coming_is_a_new_epoch(database: Database) -> None:
    assert await register(database, "one") == (1, 1)
    assert await register(database, "two") == (2, 1)
    assert await register(database, "one") == (1, 2)


async def test_only_the_present_epoch_renews_and_releases(database: Database) -> None:
    await register(database, "one")
    await register(database, "one")
    now = SystemClock().now()
    assert not await database.write(lambda tx: nodes.renew(tx, 1, 1, now, LEASE))
    assert await database.write(lambda tx: nodes.renew(tx, 1, 2, now, LEASE))
    assert [await database.read(lambda tx, n=n: nodes.lives(tx, 1, n)) for n in (1, 2, 3)] == [
        False,
        True,
        False,
    ]
    await begun(database, play("a"), owner=1)
    await database.write(lambda tx: nodes.release(tx, 1, 1))
    assert await database.write(lambda tx: nodes.expire(tx, 2, now)) == []
    await database.write(lambda tx: nodes.release(tx, 1, 2))
    assert await database.write(lambda tx: nodes.expire(tx, 2, now)) == [1]


async def test_a_node_without_work_is_left_alone(database: Database) -> None:
    await register(database, "one", 0)
    assert await database.write(lambda tx: nodes.expire(tx, 2, SystemClock().now() + 1)) == []


async def test_nobody_ends_its_own_epoch(database: Database) -> None:
    await register(database, "one", 0)
    await begun(database, play("a"), owner=1)
    assert await database.write(lambda tx: nodes.expire(tx, 1, SystemClock().now() + 1)) == []


async def test_one_who_finds_a_lease_over_ends_the_epoch(database: Database, databases: Databases) -> None:
    await register(database, "one", 0)
    await begun(database, play("a"), owner=1)
    now = SystemClock().now() + 1
    other = await databases.another()
    await asyncio.gather(*(it.write(lambda tx: nodes.expire(tx, 2, now)) for it in (database, other)))
    assert not await database.write(lambda tx: nodes.renew(tx, 1, 1, now, LEASE))
