"""One-offs as they are read: whose they are, and how they ended."""

import asyncio

from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import OneOff
from headway.store import apps as rows
from headway.store import one_offs
from headway.store.database import Database, Tx
from headway.views import apps


async def find(database: Database, account_id: int, id: int) -> tuple[App, OneOff]:
    """The one-off and its app; NotFound where the account may not see that."""

    async def body(tx: Tx) -> tuple[App, OneOff]:
        it = await one_offs.get(tx, id)
        name = show((await rows.get(tx, it.app_id)).id)
        try:
            return await apps.found(tx, account_id, name), it
        except NotFound:
            raise NotFound("container") from None

    return await database.read(body)


async def of_operation(database: Database, operation_id: int) -> OneOff:
    """The one-off that the operation starts; NotFound."""
    return await database.read(lambda tx: one_offs.of_operation(tx, operation_id))


async def ended(database: Database, feed: Feed, id: int) -> OneOff:
    """The one-off, once it has ended; NotFound where it is forgotten by then."""
    while True:
        changed = feed.changed()
        it = await database.read(lambda tx: one_offs.get(tx, id))
        if it.finished_at is not None:
            return it
        await asyncio.shield(changed)
