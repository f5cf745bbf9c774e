"""Webhooks of an account, and what was sent to them."""

from headway.model.webhooks import Delivery, Webhook
from headway.store import webhooks
from headway.store.database import Database, Tx


async def of_account(database: Database, account_id: int) -> list[Webhook]:
    """All of them, oldest first."""
    return await database.read(lambda tx: webhooks.of_account(tx, account_id))


async def get(database: Database, account_id: int, id: int) -> Webhook:
    """One; NotFound."""
    return await database.read(lambda tx: webhooks.get(tx, account_id, id))


async def deliveries(
    database: Database, account_id: int, id: int, *, before: int, count: int
) -> tuple[list[Delivery], int | None]:
    """What was and is to be sent, newest first; and what to ask for the next page, None on the last."""

    async def body(tx: Tx) -> list[Delivery]:
        await webhooks.get(tx, account_id, id)
        return await webhooks.of_webhook(tx, id, before=before, count=count + 1)

    found = await database.read(body)
    page = found[:count]
    return page, page[-1].id if len(found) > count else None
