"""Accepting: durable or not at all, one holder of a target, and keys that mean the first operation again."""

import asyncio
from typing import Any

import pytest

from headway.clock import SystemClock
from headway.engine.submit import Desk, Key, key_of
from headway.errors import Busy, KeyReused, Unavailable
from headway.model.operations import Actor, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Tx
from tests.databases import Databases
from tests.engine.folding import check
from tests.engine.nodes import IDS, Nobody, Node, ended, queued, running
from tests.engine.plays import BY, Asked, Stage, history, play, row

TYPE = play("a")
KEY = key_of(BY, "once", "thing.act", 1)


class Calling(Exception):
    """The caller's own work has failed."""


async def test_what_is_accepted_is_found_at_once_everywhere(database: Database, databases: Databases) -> None:
    it = await queued(database, "a")
    other = await databases.another()
    assert await row(other, it.id) == await row(database, it.id) == it
    check(it, await history(other, it.id))


async def test_what_is_rolled_back_was_never_begun(database: Database) -> None:
    node = Node(database, Stage(), "a")

    async def body(tx: Tx) -> None:
        await node.desk.submit(tx, TYPE, Asked(), by=BY, key=KEY)
        raise Calling

    async with running(node):
        with pytest.raises(Calling):
            await database.write(body)
        assert await database.read(operations.active) == []
        assert await database.read(events.last) == 0
    assert node.stage.happened == []


async def test_a_held_target_is_refused_with_its_holder(database: Database) -> None:
    holder = await queued(database, "a")
    with pytest.raises(Busy) as busy:
        await queued(database, "b")
    assert (busy.value.holder, busy.value.holder_type, busy.value.target) == (
        holder.id,
        holder.type,
        "thing:1",
    )
    assert await database.read(operations.active) == [holder]


async def test_what_is_not_exclusive_holds_nothing(database: Database) -> None:
    desk, type = Desk(IDS, SystemClock(), Nobody()), play("a", exclusive=False)
    for _ in range(2):
        await database.write(lambda tx: desk.submit(tx, type, Asked(), by=BY))
    await queued(database, "a")
    assert len(await database.read(operations.active)) == 3


async def test_of_many_who_want_one_target_one_gets_it(database: Database, databases: Databases) -> None:
    others = [database, await databases.another()]
    outcomes = await asyncio.gather(*(queued(others[n % 2], "a") for n in range(20)), return_exceptions=True)
    (holder,) = [it for it in outcomes if isinstance(it, Operation)]
    assert {it.holder for it in outcomes if isinstance(it, Busy)} == {holder.id}
    assert sum(isinstance(it, Busy) for it in outcomes) == 19


async def test_a_target_is_free_again_when_its_operation_has_ended(database: Database) -> None:
    async with running(node := Node(database, Stage(), "a")):
        for _ in range(3):
            assert (await ended(database, (await node.submit("a")).id)).phase is Phase.SUCCEEDED


# -- keys ----------------------------------------------------------------------------------------------------


async def once(database: Database, key: Key | None, target: str = "thing:1") -> Operation:
    """What every command does with a key."""
    clock = SystemClock()
    desk = Desk(IDS, clock, Nobody())

    async def body(tx: Tx) -> Operation:
        earlier = await desk.earlier(tx, key)
        return earlier or await desk.submit(tx, TYPE, Asked(target), by=BY, key=key)

    return await database.write(body)


async def test_the_same_key_with_the_same_request_means_the_first_operation(database: Database) -> None:
    first = await once(database, KEY)
    assert await once(database, KEY) == first


async def test_the_same_key_with_another_request_is_refused(database: Database) -> None:
    await once(database, KEY)
    with pytest.raises(KeyReused):
        await once(database, key_of(BY, "once", "thing.act", 2))


async def test_keys_of_two_accounts_are_two_keys(database: Database) -> None:
    first = await once(database, KEY)
    other = await once(database, key_of(Actor(account_id=2), "once", "thing.act", 1), "thing:2")
    assert first.id != other.id


async def test_without_a_key_nothing_was_earlier(database: Database) -> None:
    assert key_of(BY, "", "thing.act") is None
    assert (await once(database, None)).phase is Phase.QUEUED


async def test_racing_requests_with_one_key_begin_one_operation(
    database: Database, databases: Databases
) -> None:
    others = [database, await databases.another()]
    found = await asyncio.gather(*(once(others[n % 2], KEY) for n in range(20)))
    assert len({it.id for it in found}) == 1


async def test_a_key_that_is_refused_begins_nothing(database: Database) -> None:
    await queued(database, "a")
    with pytest.raises(Busy):
        await once(database, KEY)
    other: Any = await once(database, KEY, "thing:2")
    assert other.target == "thing:2"


# -- on its own -------------------------------------------------------------------------------------------------


async def test_what_is_accepted_on_its_own_is_begun_at_once(database: Database) -> None:
    node = Node(database, Stage(), "a")
    async with running(node):
        it = await node.desk.accept(node.database, node.types["a"], Asked(), by=BY)
        after = await ended(database, it.id)
    assert after.phase is Phase.SUCCEEDED
    check(after, await history(database, it.id))


async def test_what_is_accepted_on_its_own_without_room_is_queued(database: Database) -> None:
    desk = Desk(IDS, SystemClock(), Nobody())
    it = await desk.accept(database, TYPE, Asked(), by=BY)
    assert await row(database, it.id) == it
    assert it.phase is Phase.QUEUED


async def test_of_many_who_are_accepted_on_their_own_one_holds_the_target(database: Database) -> None:
    desk = Desk(IDS, SystemClock(), Nobody())
    outcomes = await asyncio.gather(
        *(desk.accept(database, TYPE, Asked(), by=BY) for _ in range(20)), return_exceptions=True
    )
    accepted = [it for it in outcomes if isinstance(it, Operation)]
    refused = [it for it in outcomes if isinstance(it, Busy)]
    assert (len(accepted), len(refused)) == (1, 19)
    assert {busy.holder for busy in refused} == {accepted[0].id}


# -- more than there is room for -----------------------------------------------------------------------------


async def test_when_too_many_wait_a_new_one_is_told_when_to_come_back(database: Database) -> None:
    desk = Desk(IDS, SystemClock(), Nobody(), waiting_max=2)
    type = play("a", exclusive=False)
    for _ in range(2):
        await database.write(lambda tx: desk.submit(tx, type, Asked(), by=BY))
    with pytest.raises(Unavailable) as refused:
        await database.write(lambda tx: desk.submit(tx, type, Asked(), by=BY))
    with pytest.raises(Unavailable):
        await desk.accept(database, type, Asked(), by=BY)
    assert refused.value.retry_after >= 1
    assert len(await database.read(operations.active)) == 2


async def test_it_is_heard_again_as_soon_as_one_of_them_has_been_begun(database: Database) -> None:
    desk = Desk(IDS, SystemClock(), Nobody(), waiting_max=1)
    first = await database.write(lambda tx: desk.submit(tx, TYPE, Asked("thing:1"), by=BY))
    with pytest.raises(Unavailable):
        await database.write(lambda tx: desk.submit(tx, TYPE, Asked("thing:2"), by=BY))
    assert [it.id for it in await database.write(lambda tx: operations.claim(tx, 1, 1, 1))] == [first.id]
    assert (await desk.accept(database, TYPE, Asked("thing:2"), by=BY)).phase is Phase.QUEUED


async def test_what_there_is_room_for_is_not_refused(database: Database) -> None:
    node = Node(database, Stage(), "a")
    node.desk = Desk(IDS, SystemClock(), node.worker, waiting_max=0)
    async with running(node):
        assert (await ended(database, (await node.submit("a")).id)).phase is Phase.SUCCEEDED


async def test_a_key_means_the_first_operation_however_many_wait(database: Database) -> None:
    desk = Desk(IDS, SystemClock(), Nobody(), waiting_max=1)
    first = await database.write(lambda tx: desk.submit(tx, TYPE, Asked(), by=BY, key=KEY))
    assert await database.write(lambda tx: desk.earlier(tx, KEY)) == first
