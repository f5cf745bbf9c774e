"""One-offs as they are read: whose they are, and how they ended."""

from headway.engine.feed import Feed
from headway.errors import NotFound
from headway.ids import show
from headway.model.apps import App
from headway.model.one_offs import OneOff
from headway.store import one_offs
from headway.store.database import Database, Tx
from headway.views import apps


async def find(database: Database, account_id: int, id: int) -> tuple[App, OneOff]:
    """The one-off and its app; NotFound where the account may not see that, Forbidden where it may start none."""

    async def body(tx: Tx) -> tuple[App, OneOff]:
        it = await one_offs.get(tx, id)
        try:
            return await apps.found(tx, account_id, show(it.app_id), "app.start_one_off"), it
        except NotFound:
            raise NotFound("container") from None

    return await database.read(body)


async def ended(database: Database, feed: Feed, id: int) -> OneOff:
    """The one-off, once it has ended; NotFound where it is forgotten by then."""
    topic = feed.join()
    try:
        while True:
            version = topic.version
            it = await database.read(lambda tx: one_offs.get(tx, id))
            if it.finished_at is not None:
                return it
            await topic.beyond(version)
    finally:
        feed.leave(topic)
