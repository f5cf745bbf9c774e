"""A lease is good for as long as nobody may take the node for dead."""

import asyncio

from headway.clock import SECOND
from headway.engine.lease import Lease
from headway.errors import Unavailable
from headway.store import nodes
from headway.store.database import Database
from tests.engine.plays import QuickClock, begun, play


async def lease(database: Database, name: str = "one") -> tuple[Lease, QuickClock]:
    clock = QuickClock()
    it = Lease(database, clock, name=name, seconds=6)
    await it.register()
    return it, clock


async def test_it_is_held_from_its_registration_until_it_is_over(database: Database) -> None:
    clock = QuickClock()
    it = Lease(database, clock, name="one", seconds=6)
    assert not it.held()
    await it.register()
    assert it.held()
    clock.ahead += 6
    assert not it.held()


async def test_it_is_renewed_after_a_third_of_its_time(database: Database) -> None:
    it, clock = await lease(database)
    assert await it.keep()
    assert clock.slept == [2]
    clock.ahead += 5
    assert it.held()


async def test_a_node_keeps_its_number_and_gets_a_new_epoch(database: Database) -> None:
    first, _ = await lease(database)
    other, _ = await lease(database, "two")
    again, _ = await lease(database)
    assert (first.node, other.node, again.node) == (1, 2, 1)
    assert not await first.keep()
    assert not first.held(), "who learns that its epoch is over claims nothing more"
    assert await again.keep()


async def test_a_lease_that_is_over_is_ended_by_another_once(database: Database) -> None:
    it, clock = await lease(database)
    other, _ = await lease(database, "two")
    await begun(database, play("a"), owner=it.node)
    later = clock.now() + 7 * SECOND
    assert await database.write(lambda tx: nodes.expire(tx, other.node, clock.now())) == []
    await it.release()
    assert await database.write(lambda tx: nodes.expire(tx, other.node, later)) == [it.node]
    assert not await it.keep()


async def test_a_database_that_is_away_does_not_end_it_but_time_does(database: Database) -> None:
    class Away:
        async def write(self, _body: object) -> None:
            raise Unavailable("away")

    it, clock = await lease(database)
    it._database = Away()  # type: ignore[assignment]
    assert await it.keep()
    assert it.held()
    clock.ahead += 4
    assert not it.held()


async def test_an_answer_that_does_not_come_does_not_stop_it_for_ever(database: Database) -> None:
    class Silent:
        async def write(self, _body: object) -> None:
            await asyncio.Event().wait()

    it = Lease(database, QuickClock(), name="one", seconds=0.05)
    await it.register()
    it._database = Silent()  # type: ignore[assignment]
    async with asyncio.timeout(30):
        assert await it.keep()
