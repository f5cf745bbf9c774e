"""Idempotency keys as rows: which operation a key began."""

from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("keys")


async def get(tx: Tx, scope: str, key: str) -> tuple[str, int] | None:
    """The fingerprint that came with the key, and the id of the operation that it began."""
    row = await tx.one(SQL["get"], scope=scope, key=key)
    return None if row is None else (row[0], row[1])


async def insert(tx: Tx, scope: str, key: str, fingerprint: str, *, operation: int, at: int) -> None:
    """Keep which operation the key began; NotUnique where it began one before."""
    await tx.run(SQL["insert"], scope=scope, key=key, fingerprint=fingerprint, operation=operation, at=at)


async def forget(tx: Tx, operation: int) -> None:
    """Forget the keys of an operation."""
    await tx.run(SQL["delete_of"], operation=operation)
