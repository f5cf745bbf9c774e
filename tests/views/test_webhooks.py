import pytest

from headway.domain.webhooks.create import create_webhook
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import ID_MAX, Actor
from headway.store import webhooks as rows
from headway.views import webhooks


async def test_deliveries_come_in_pages_newest_first(world: World, by: Actor, other: Account) -> None:
    it = await create_webhook(world, "https://example.com/", ["*"], by)
    for id in (1, 2, 3):
        await world.database.write(lambda tx, id=id: rows.deliver(tx, id, it.id, id, "app.scaled", at=1))
    page, next = await webhooks.deliveries(world.database, by.account_id, it.id, before=ID_MAX, count=2)
    assert ([one.id for one in page], next) == ([3, 2], 2)
    page, next = await webhooks.deliveries(world.database, by.account_id, it.id, before=2, count=2)
    assert ([one.id for one in page], next) == ([1], None)
    with pytest.raises(NotFound):
        await webhooks.deliveries(world.database, other.id, it.id, before=ID_MAX, count=2)
    with pytest.raises(NotFound):
        await webhooks.get(world.database, other.id, it.id)
