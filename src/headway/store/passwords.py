"""Passwords in the database: only what argon2 made of them."""

from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("passwords")


async def set(tx: Tx, account_id: int, hash: str, at: int) -> None:
    """From now on this is the account's."""
    await tx.run(SQL["set"], id=account_id, hash=hash, at=at)


async def get(tx: Tx, account_id: int) -> str | None:
    """What is kept of the account's password; None where it has none."""
    row = await tx.one(SQL["get"], id=account_id)
    return None if row is None else str(row[0])
