"""Webhooks and their deliveries as rows."""

import msgspec

from headway.errors import NotFound
from headway.model.webhooks import Delivery, State, Webhook
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("webhooks")


def _webhook(row: Row) -> Webhook:
    values = list(row)
    values[3] = msgspec.json.decode(row[3], type=list[str])
    return Webhook(*values)


def _delivery(row: Row) -> Delivery:
    values = list(row)
    values[4] = State(row[4])
    return Delivery(*values)


async def insert(tx: Tx, it: Webhook) -> None:
    """Keep a new one."""
    names = msgspec.json.encode(it.names).decode()
    values = {"id": it.id, "account_id": it.account_id, "url": it.url, "names": names}
    await tx.run(SQL["insert"], **values, secret=it.secret, reached=it.reached, at=it.created_at)


async def get(tx: Tx, account_id: int, id: int) -> Webhook:
    """One of the account; NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != account_id:
        raise NotFound("webhook")
    return _webhook(row)


async def of_account(tx: Tx, account_id: int) -> list[Webhook]:
    """All of an account, oldest first."""
    return [_webhook(row) for row in await tx.all(SQL["of_account"], account_id=account_id)]


async def active(tx: Tx) -> list[Webhook]:
    """All that are not disabled."""
    return [_webhook(row) for row in await tx.all(SQL["active"])]


async def reach(tx: Tx, it: Webhook, after: int) -> bool:
    """Deliveries were made up to event `after`; False where somebody else was quicker."""
    return bool(await tx.run(SQL["reach"], id=it.id, before=it.reached, after=after))


async def rewind(tx: Tx, id: int, after: int) -> None:
    """It is to be told again what is behind event `after`."""
    await tx.run(SQL["rewind"], id=id, after=after)


async def renew_secret(tx: Tx, id: int, secret: str) -> None:
    """From now on messages are signed with this."""
    await tx.run(SQL["secret"], id=id, secret=secret)


async def failed(tx: Tx, id: int, at: int) -> None:
    """It did not take a message; since when that is so is kept."""
    await tx.run(SQL["failed"], id=id, at=at)


async def succeeded(tx: Tx, id: int) -> None:
    """It took a message."""
    await tx.run(SQL["succeeded"], id=id)


async def disable(tx: Tx, id: int, at: int, why: str) -> bool:
    """Nothing more is sent; False where that was so."""
    return bool(await tx.run(SQL["disable"], id=id, at=at, why=why))


async def enable(tx: Tx, id: int) -> None:
    """It is sent what it is to be told."""
    await tx.run(SQL["enable"], id=id)


async def delete(tx: Tx, id: int) -> None:
    """Nothing is left of it."""
    await tx.run(SQL["delete_deliveries"], id=id)
    await tx.run(SQL["delete"], id=id)


# -- deliveries ----------------------------------------------------------------------------------------------


async def deliver(tx: Tx, id: int, webhook_id: int, seq: int, name: str, *, at: int) -> None:
    """It is to be told of this event."""
    await tx.run(SQL["deliver"], id=id, webhook_id=webhook_id, seq=seq, name=name, at=at)


async def waiting(tx: Tx, id: int, most: int) -> int:
    """How many of its deliveries wait; not more than `most` are counted."""
    row = await tx.one(SQL["waiting"], id=id, most=most)
    assert row is not None
    return int(row[0])


async def due(tx: Tx, webhook_id: int, now: int, count: int) -> list[Delivery]:
    """Those of a webhook that are due, oldest first."""
    rows = await tx.all(SQL["due"], webhook_id=webhook_id, now=now, count=count)
    return [_delivery(row) for row in rows]


async def due_webhooks(tx: Tx, now: int) -> set[int]:
    """Which webhooks have any that are due."""
    return {int(row[0]) for row in await tx.all(SQL["due_webhooks"], now=now)}


async def next_due(tx: Tx, now: int) -> int | None:
    """When the next one is due that is not now."""
    row = await tx.one(SQL["next_due"], now=now)
    return None if row is None or row[0] is None else int(row[0])


async def claim(tx: Tx, it: Delivery, until: int) -> bool:
    """Begin an attempt; False where somebody else did. Who says nothing of it until then has lost it."""
    return bool(await tx.run(SQL["claim"], id=it.id, next_at=it.next_at, until=until))


async def settle(tx: Tx, it: Delivery) -> None:
    """What has become of the attempt."""
    await tx.run(
        SQL["settle"],
        id=it.id,
        state=int(it.state),
        next_at=it.next_at,
        ended_at=it.ended_at,
        status=it.last_status,
        error=it.last_error,
    )


async def of_webhook(tx: Tx, webhook_id: int, *, before: int, count: int) -> list[Delivery]:
    """Those of a webhook, newest first."""
    rows = await tx.all(SQL["of_webhook"], webhook_id=webhook_id, before=before, count=count)
    return [_delivery(row) for row in rows]


async def forget(tx: Tx, before: int, count: int) -> int:
    """Forget up to `count` that have ended and are older than the id `before`; how many went."""
    return await tx.run(SQL["forget"], before=before, count=count)
