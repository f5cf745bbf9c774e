"""Workers as rows: never a secret, only its hash."""

from headway.errors import Conflict, NotFound
from headway.model.workers import Worker
from headway.store.database import NotUnique, Row, Tx
from headway.store.sheets import sheet

SQL = sheet("workers")


async def insert(tx: Tx, it: Worker) -> None:
    """Keep a new one. Conflict where the owner has one of that name."""
    try:
        await tx.run(
            SQL["insert"],
            id=it.id,
            owner_id=it.owner_id,
            name=it.name,
            hash=it.hash,
            created_at=it.created_at,
            last_used_at=it.last_used_at,
        )
    except NotUnique as error:
        raise Conflict(f"there is a worker {it.name} already") from error


async def by_name(tx: Tx, owner_id: int, name: str) -> Worker:
    """The owner's worker of that name; NotFound."""
    return _worker(await tx.one(SQL["by_name"], owner_id=owner_id, name=name))


async def by_hash(tx: Tx, hash: str) -> Worker:
    """Whose secret has this hash; NotFound."""
    return _worker(await tx.one(SQL["by_hash"], hash=hash))


async def page(tx: Tx, owner_id: int, after: int, count: int) -> list[Worker]:
    """Those of an owner behind an id, oldest first."""
    return [Worker(*row) for row in await tx.all(SQL["page"], owner_id=owner_id, after=after, count=count)]


async def count(tx: Tx, owner_id: int) -> int:
    """How many an owner has."""
    row = await tx.one(SQL["count"], owner_id=owner_id)
    assert row is not None
    return int(row[0])


async def renew(tx: Tx, id: int, hash: str) -> None:
    """Give them another secret; the old one is worth nothing any more."""
    await tx.run(SQL["renew"], id=id, hash=hash)


async def used(tx: Tx, id: int, at: int) -> None:
    """Note when they were last there."""
    await tx.run(SQL["used"], id=id, at=at)


async def remove(tx: Tx, id: int) -> None:
    """Forget them and their secret; what they answered stays."""
    await tx.run(SQL["remove"], id=id)


def _worker(row: Row | None) -> Worker:
    if row is None:
        raise NotFound("worker")
    return Worker(*row)
