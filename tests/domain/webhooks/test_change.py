import pytest

from headway.domain.webhooks import change
from headway.domain.webhooks.create import create_webhook
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.store import webhooks as rows
from headway.views import webhooks


async def test_a_new_secret_takes_the_place_of_the_old_one(world: World, by: Actor) -> None:
    it = await create_webhook(world, "https://example.com/", ["*"], by)
    assert (await change.renew_secret(world, it.id, by)).secret != it.secret


async def test_it_is_told_again_and_sent_to_again(world: World, by: Actor) -> None:
    it = await create_webhook(world, "https://example.com/", ["*"], by)
    await world.database.write(lambda tx: rows.disable(tx, it.id, 1, "gone"))
    now = await change.replay(world, it.id, 0, by)
    assert (now.reached, now.disabled_at, now.disabled_why) == (0, None, "")
    with pytest.raises(Invalid):
        await change.replay(world, it.id, 1_000_000, by)


async def test_one_that_was_disabled_is_sent_to_again(world: World, by: Actor) -> None:
    it = await create_webhook(world, "https://example.com/", ["*"], by)
    await world.database.write(lambda tx: rows.disable(tx, it.id, 1, "gone"))
    assert (await change.enable(world, it.id, by)).disabled_at is None


async def test_nothing_is_left_of_one_that_is_deleted(world: World, by: Actor) -> None:
    it = await create_webhook(world, "https://example.com/", ["*"], by)
    await change.delete_webhook(world, it.id, by)
    assert await webhooks.of_account(world.database, by.account_id) == []


async def test_of_somebody_elses_nothing_can_be_changed(world: World, by: Actor, other: Account) -> None:
    it, them = await create_webhook(world, "https://example.com/", ["*"], by), Actor(account_id=other.id)
    for command in (change.renew_secret, change.enable, change.delete_webhook):
        with pytest.raises(NotFound):
            await command(world, it.id, them)
    with pytest.raises(NotFound):
        await change.replay(world, it.id, 0, them)
