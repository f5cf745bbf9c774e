from typing import Any

import msgspec
import pytest

from headway.domain.apps.create import create
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.store import operations as store
from headway.views import operations


class Nothing(msgspec.Struct, frozen=True):
    """Nothing is asked."""


async def nothing(_run: Any) -> None:
    """Nothing is done."""


REST: OperationType[Nothing, World] = OperationType(
    name="house.rest",
    params=Nothing,
    target=lambda _: "house:1",
    exclusive=False,
    steps=(Step(title="rest", do=nothing),),
)


async def submit(world: World, by: Actor) -> int:
    operation = await world.database.write(lambda tx: world.desk.submit(tx, REST, Nothing(), by=by))
    return operation.id


async def test_what_has_ended_is_not_active(world: World, by: Actor) -> None:
    first, second = await submit(world, by), await submit(world, by)
    assert [it.id for it in await operations.active(world.database)] == [first, second]
    [begun] = await world.database.write(lambda tx: store.claim(tx, 1, world.clock.now(), 1))
    entry = store.finished(begun, world.clock.now(), begun.phase.SUCCEEDED, None)
    assert await world.database.journal(entry)
    assert [it.id for it in await operations.active(world.database)] == [second]


async def test_the_newest_event_is_counted(world: World, by: Actor) -> None:
    before = await operations.last_event(world.database)
    await submit(world, by)
    assert await operations.last_event(world.database) == before + 1


async def test_an_operation_is_seen_by_whoever_began_it_or_may_see_its_app(
    world: World, by: Actor, admin: Account, other: Account
) -> None:
    mine = await submit(world, by)
    it, began = await operations.seen(world.database, admin.id, mine)
    assert (it.id, began) == (mine, by)
    for account, id in ((other.id, mine), (admin.id, 7)):
        with pytest.raises(NotFound):
            await operations.seen(world.database, account, id)
    app = await create(world, "hello-world", by)
    theirs = await world.database.write(
        lambda tx: world.desk.submit(tx, VISIT, Visit(app.id), by=Actor(account_id=other.id))
    )
    assert (await operations.seen(world.database, admin.id, theirs.id))[0].id == theirs.id
    nowhere = await world.database.write(
        lambda tx: world.desk.submit(tx, VISIT, Visit(7), by=Actor(account_id=other.id))
    )
    with pytest.raises(NotFound):
        await operations.seen(world.database, admin.id, nowhere.id)


class Visit(msgspec.Struct, frozen=True):
    """Which app is visited."""

    app_id: int


VISIT: OperationType[Visit, World] = OperationType(
    name="app.visit",
    params=Visit,
    target=lambda params: f"app:{params.app_id}",
    exclusive=False,
    steps=(Step(title="visit", do=nothing),),
)
