import msgspec
import pytest

from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.model.webhooks import Delivery, State, Webhook
from headway.store import webhooks


async def kept(world: World, by: Actor, id: int = 1) -> Webhook:
    it = Webhook(id, by.account_id, "http://x/", ["*"], "whsec_x", 5, 7, None, None, "")
    await world.database.write(lambda tx: webhooks.insert(tx, it))
    return it


async def put(world: World, it: Webhook, *ids: int, at: int = 10) -> list[Delivery]:
    for id in ids:
        await world.database.write(lambda tx, id=id: webhooks.deliver(tx, id, it.id, id, "app.scaled", at=at))
    return await world.database.read(lambda tx: webhooks.due(tx, it.id, at, 100))


async def test_a_webhook_is_there_as_it_was_kept_for_its_account_only(
    world: World, by: Actor, other: Account
) -> None:
    it = await kept(world, by)
    assert await world.database.read(lambda tx: webhooks.get(tx, by.account_id, it.id)) == it
    assert await world.database.read(lambda tx: webhooks.of_account(tx, by.account_id)) == [it]
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: webhooks.get(tx, other.id, it.id))


async def test_of_two_who_have_read_the_same_events_one_goes_on(world: World, by: Actor) -> None:
    it = await kept(world, by)
    assert await world.database.write(lambda tx: webhooks.reach(tx, it, 9))
    assert not await world.database.write(lambda tx: webhooks.reach(tx, it, 9))


async def test_an_attempt_is_claimed_once(world: World, by: Actor) -> None:
    it = await kept(world, by)
    (one,) = await put(world, it, 1)
    assert await world.database.write(lambda tx: webhooks.claim(tx, one, 90))
    assert not await world.database.write(lambda tx: webhooks.claim(tx, one, 90))
    assert await world.database.read(lambda tx: webhooks.due(tx, it.id, 89, 9)) == []
    (again,) = await world.database.read(lambda tx: webhooks.due(tx, it.id, 90, 9))
    assert again.attempts == 1


async def test_what_is_settled_waits_no_more_and_is_forgotten_later(world: World, by: Actor) -> None:
    it = await kept(world, by)
    one, two = await put(world, it, 1, 2)
    done = msgspec.structs.replace(one, state=State.DELIVERED, ended_at=11, last_status=204)
    await world.database.write(lambda tx: webhooks.settle(tx, done))
    assert await world.database.read(lambda tx: webhooks.due_webhooks(tx, 10)) == {it.id}
    assert await world.database.read(lambda tx: webhooks.waiting(tx, it.id, 9)) == 1
    log = await world.database.read(lambda tx: webhooks.of_webhook(tx, it.id, before=99, count=9))
    assert log == [two, done]
    assert await world.database.write(lambda tx: webhooks.forget(tx, 99, 9)) == 1
    assert await world.database.read(lambda tx: webhooks.next_due(tx, 9)) == 10


async def test_to_one_that_is_disabled_nothing_is_due(world: World, by: Actor) -> None:
    it = await kept(world, by)
    await put(world, it, 1)
    await world.database.write(lambda tx: webhooks.failed(tx, it.id, 3))
    await world.database.write(lambda tx: webhooks.failed(tx, it.id, 4))
    assert await world.database.write(lambda tx: webhooks.disable(tx, it.id, 5, "gone"))
    assert not await world.database.write(lambda tx: webhooks.disable(tx, it.id, 6, "gone"))
    off = await world.database.read(lambda tx: webhooks.get(tx, by.account_id, it.id))
    assert (off.failing_since, off.disabled_at, off.disabled_why) == (3, 5, "gone")
    assert await world.database.read(lambda tx: webhooks.due_webhooks(tx, 10)) == set()
    assert await world.database.read(webhooks.active) == []
    await world.database.write(lambda tx: webhooks.enable(tx, it.id))
    assert await world.database.read(webhooks.active) == [it]


async def test_its_secret_may_be_another_and_nothing_is_left_of_it(world: World, by: Actor) -> None:
    it = await kept(world, by)
    await put(world, it, 1)
    await world.database.write(lambda tx: webhooks.renew_secret(tx, it.id, "whsec_y"))
    await world.database.write(lambda tx: webhooks.rewind(tx, it.id, 2))
    now = await world.database.read(lambda tx: webhooks.get(tx, by.account_id, it.id))
    assert (now.secret, now.reached) == ("whsec_y", 2)
    await world.database.write(lambda tx: webhooks.failed(tx, it.id, 3))
    await world.database.write(lambda tx: webhooks.succeeded(tx, it.id))
    await world.database.write(lambda tx: webhooks.delete(tx, it.id))
    assert await world.database.read(webhooks.active) == []
