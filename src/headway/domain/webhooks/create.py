"""Make a webhook: from now on it is told of what its account may see."""

import secrets
from urllib.parse import urlsplit

from headway.addresses import is_plainly_private
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.operations import Actor, NewEvent
from headway.model.webhooks import SECRET_BYTES, Webhook, checked_names, checked_url, shown_secret
from headway.store import events, webhooks
from headway.store.database import Tx


async def create_webhook(world: World, url: str, names: list[str], by: Actor) -> Webhook:
    """The new one, with its secret, which is shown this once. Invalid for a wrong URL or name, or one too many."""
    wanted, secret = checked_names(names), shown_secret(secrets.token_bytes(SECRET_BYTES))
    _refuse_private(world, checked_url(url))

    async def body(tx: Tx) -> Webhook:
        most = world.config.webhooks_per_account_max
        if len(await webhooks.of_account(tx, by.account_id)) >= most:
            raise Invalid(url=f"at most {most} webhooks may be made by one account")
        now, reached = world.clock.now(), await events.last(tx)
        it = Webhook(world.ids.next(), by.account_id, url, wanted, secret, reached, now, None, None, "")
        await webhooks.insert(tx, it)
        tx.append(NewEvent(at=now, name="webhook.created", target=f"account:{by.account_id}", by=by))
        return it

    return await world.database.write(body)


def _refuse_private(world: World, url: str) -> None:
    """What is plain from the URL is said at once; where its name leads is looked at each time."""
    if is_plainly_private(urlsplit(url).hostname or "") and not world.config.webhook_private_addresses:
        raise Invalid(url="should not lead to a private address")
