"""Public SSH keys as rows."""

from headway.errors import Invalid, NotFound
from headway.model.keys import Key
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("ssh_keys")


async def insert(tx: Tx, key: Key) -> None:
    """Keep a new one; Invalid where the account has one of that name, or any account has that key."""
    if await tx.one(SQL["named"], account_id=key.account_id, name=key.name) is not None:
        raise Invalid(name="has already been taken")
    if await tx.one(SQL["by_fingerprint"], fingerprint=key.fingerprint) is not None:
        raise Invalid(content="has already been taken")
    await tx.run(
        SQL["insert"],
        id=key.id,
        account_id=key.account_id,
        name=key.name,
        content=key.content,
        fingerprint=key.fingerprint,
        at=key.created_at,
    )


async def get(tx: Tx, account_id: int, id: int) -> Key:
    """One of the account; NotFound."""
    key = _key(await tx.one(SQL["get"], id=id))
    if key.account_id != account_id:
        raise NotFound("key")
    return key


async def by_fingerprint(tx: Tx, fingerprint: str) -> Key:
    """The one with this fingerprint; NotFound."""
    return _key(await tx.one(SQL["by_fingerprint"], fingerprint=fingerprint))


async def of_account(tx: Tx, account_id: int) -> list[Key]:
    """All of an account, oldest first."""
    return [Key(*row) for row in await tx.all(SQL["of_account"], account_id=account_id)]


async def delete(tx: Tx, id: int) -> None:
    """It opens nothing any more."""
    await tx.run(SQL["delete"], id=id)


def _key(row: Row | None) -> Key:
    if row is None:
        raise NotFound("key")
    return Key(*row)
