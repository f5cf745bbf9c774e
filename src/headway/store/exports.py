"""What exports have made, as rows; the artefacts themselves are blobs."""

from headway.errors import NotFound
from headway.model.files import Export
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("exports")


async def insert(tx: Tx, it: Export) -> None:
    """Keep a new one."""
    await tx.run(
        SQL["insert"],
        operation_id=it.operation_id,
        account_id=it.account_id,
        name=it.name,
        media=it.media,
        digest=it.digest,
        size=it.size,
        created_at=it.created_at,
    )


async def get(tx: Tx, operation_id: int) -> Export:
    """What that operation has made; NotFound."""
    row = await tx.one(SQL["get"], operation_id=operation_id)
    if row is None:
        raise NotFound("export")
    return Export(*row)


async def used(tx: Tx, account_id: int) -> int:
    """How many bytes those of an account have."""
    row = await tx.one(SQL["used"], account_id=account_id)
    assert row is not None
    return int(row[0])


async def refers(tx: Tx, digest: str) -> bool:
    """Whether any of them has this content."""
    return await tx.one(SQL["refers"], digest=digest) is not None


async def forget(tx: Tx, before: int) -> int:
    """Forget those that were made before this time; how many went."""
    return await tx.run(SQL["forget"], before=before)
