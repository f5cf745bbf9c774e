from typing import Any

import msgspec
import pytest

from headway.domain.operations.cancel import REASON_LENGTH_MAX, cancel
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.errors import Conflict, Invalid, NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor, Operation, Phase
from headway.store import operations


class Nothing(msgspec.Struct, frozen=True):
    """Nothing is asked."""


async def nothing(_run: Any) -> None:
    """Nothing is done."""


REST: OperationType[Nothing, World] = OperationType(
    name="house.rest", params=Nothing, target=lambda _: "house:1", steps=(Step(title="rest", do=nothing),)
)


async def submit(world: World, by: Actor) -> Operation:
    return await world.database.write(lambda tx: world.desk.submit(tx, REST, Nothing(), by=by))


async def begun(world: World, by: Actor) -> Operation:
    await submit(world, by)
    return (await world.database.write(lambda tx: operations.claim(tx, 1, world.clock.now(), 1)))[0]


async def test_what_nobody_has_begun_is_cancelled_at_once(world: World, by: Actor) -> None:
    it = await cancel(world, (await submit(world, by)).id, "changed my mind", by=by)
    assert it.phase is Phase.CANCELLED
    assert it.detail
    assert it.detail.text == "operation cancelled: changed my mind"


async def test_what_runs_is_asked_once_however_often(world: World, by: Actor) -> None:
    id = (await begun(world, by)).id
    first = await cancel(world, id, "first", by=by)
    second = await cancel(world, id, "second", by=by)
    assert first.phase is Phase.RUNNING
    assert (second.cancel_requested_at, second.cancel_reason) == (first.cancel_requested_at, "first")


async def test_what_has_ended_cannot_be_cancelled(world: World, by: Actor) -> None:
    it = await begun(world, by)
    await world.database.journal(operations.finished(it, world.clock.now(), Phase.SUCCEEDED, None))
    with pytest.raises(Conflict):
        await cancel(world, it.id, "", by=by)


async def test_what_somebody_else_began_is_not_there(world: World, by: Actor, other: Account) -> None:
    it = await begun(world, by)
    with pytest.raises(NotFound):
        await cancel(world, it.id, "", by=Actor(account_id=other.id))


@pytest.mark.parametrize("reason", ["x" * (REASON_LENGTH_MAX + 1), "a\0b"])
async def test_a_reason_that_cannot_be_kept_is_refused(reason: str, world: World, by: Actor) -> None:
    with pytest.raises(Invalid):
        await cancel(world, (await submit(world, by)).id, reason, by=by)
