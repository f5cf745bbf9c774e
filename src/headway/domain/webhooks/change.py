"""Change a webhook: a new secret, sent to again, told again, gone."""

import secrets

from headway.domain.world import World
from headway.errors import Invalid
from headway.model.operations import Actor, NewEvent
from headway.model.webhooks import SECRET_BYTES, Webhook, shown_secret
from headway.store import events, webhooks
from headway.store.database import Tx


async def renew_secret(world: World, id: int, by: Actor) -> Webhook:
    """The webhook with a new secret, which is shown this once; the old one is worth nothing from now on. NotFound."""
    secret = shown_secret(secrets.token_bytes(SECRET_BYTES))

    async def body(tx: Tx) -> Webhook:
        await webhooks.get(tx, by.account_id, id)
        await webhooks.renew_secret(tx, id, secret)
        return await webhooks.get(tx, by.account_id, id)

    return await world.database.write(body)


async def replay(world: World, id: int, after: int, by: Actor) -> Webhook:
    """It is told again of everything behind event `after`, and sent to again. NotFound; Invalid where that is not kept."""

    async def body(tx: Tx) -> Webhook:
        await webhooks.get(tx, by.account_id, id)
        first, last = await events.first(tx), await events.last(tx)
        if not max(0, first - 1) <= after <= last:
            raise Invalid(after=f"should be from {max(0, first - 1)} to {last}: no other events are kept")
        await webhooks.rewind(tx, id, after)
        await webhooks.enable(tx, id)
        return await webhooks.get(tx, by.account_id, id)

    return await world.database.write(body)


async def enable(world: World, id: int, by: Actor) -> Webhook:
    """It is sent to again, beginning with what was left waiting. NotFound."""

    async def body(tx: Tx) -> Webhook:
        await webhooks.get(tx, by.account_id, id)
        await webhooks.enable(tx, id)
        return await webhooks.get(tx, by.account_id, id)

    return await world.database.write(body)


async def delete_webhook(world: World, id: int, by: Actor) -> None:
    """Nothing is left of it. NotFound."""

    async def body(tx: Tx) -> None:
        await webhooks.get(tx, by.account_id, id)
        await webhooks.delete(tx, id)
        at, target = world.clock.now(), f"account:{by.account_id}"
        tx.append(NewEvent(at=at, name="webhook.deleted", target=target, by=by))

    await world.database.write(body)
