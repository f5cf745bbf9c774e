"""Operations as they are read, one by one; with all that happened to them they are stories."""

import asyncio
import contextlib

from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Actor, Operation
from headway.store import events, operations
from headway.store.database import Database, Tx
from headway.views import apps, sight


async def of_app(database: Database, account_id: int, app: str, id: int) -> tuple[App, Operation]:
    """An operation on the app of that name or shown id; NotFound where the account may not see it.

    One transaction, since this is what clients poll.
    """

    async def body(tx: Tx) -> tuple[App, Operation]:
        found = await apps.found(tx, account_id, app)
        operation = await operations.get(tx, id)
        if operation is None or operation.target != f"app:{found.id}":
            raise NotFound("operation", show(id))
        return found, operation

    return await database.read(body)


async def seen(database: Database, account_id: int, id: int) -> tuple[Operation, Actor]:
    """An operation that the account began, or that is about an app that it may see, and who began it; NotFound."""

    async def body(tx: Tx) -> tuple[Operation, Actor]:
        operation = await sight.seen(tx, account_id, id)
        first = await events.of_operation(tx, id, 0, 1)
        return operation, first[0].by if first else Actor(account_id=operation.account_id)

    return await database.read(body)


async def ended(feed: Feed, id: int, *, seconds: float) -> Operation | None:
    """The operation once it has ended; None where it has not after `seconds`."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await feed.ended(id)
    return None


async def active(database: Database) -> list[Operation]:
    """Those that have not ended, oldest first."""
    return await database.read(operations.active)


async def last_event(database: Database) -> int:
    """The number of the newest event."""
    return await database.read(events.last)
