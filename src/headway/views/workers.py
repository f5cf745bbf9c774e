"""Workers: those of an account, and who holds a secret."""

from headway.model.accounts import Account
from headway.model.workers import Worker
from headway.store import accounts, workers
from headway.store.database import Database, Tx


async def by_token_hash(database: Database, hash: str) -> tuple[Account, Worker]:
    """The worker whose secret has this hash, and whose pools they work in; NotFound."""

    async def body(tx: Tx) -> tuple[Account, Worker]:
        worker = await workers.by_hash(tx, hash)
        return await accounts.get(tx, worker.owner_id), worker

    return await database.read(body)


async def page(
    database: Database, owner_id: int, *, after: int, count: int
) -> tuple[list[Worker], int | None]:
    """Those of an account behind an id, oldest first; and what to ask for the next page, None on the last."""
    found = await database.read(lambda tx: workers.page(tx, owner_id, after, count + 1))
    return found[:count], found[count - 1].id if len(found) > count else None
