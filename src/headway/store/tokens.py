"""API tokens in the database: never a secret, only its hash."""

from headway.errors import NotFound
from headway.model.accounts import Token
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("tokens")


async def insert(tx: Tx, token: Token) -> None:
    """Keep a new token."""
    await tx.run(
        SQL["insert"],
        id=token.id,
        account_id=token.account_id,
        name=token.name,
        hash=token.hash,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
    )


async def get(tx: Tx, token_id: int) -> Token:
    """The token; NotFound."""
    row = await tx.one(SQL["get"], id=token_id)
    if row is None:
        raise NotFound("token")
    return Token(*row)


async def by_hash(tx: Tx, hash: str) -> Token:
    """The token whose secret has this hash; NotFound."""
    row = await tx.one(SQL["by_hash"], hash=hash)
    if row is None:
        raise NotFound("token")
    return Token(*row)


async def of_account(tx: Tx, account_id: int) -> list[Token]:
    """The tokens of an account, oldest first."""
    return [Token(*row) for row in await tx.all(SQL["of_account"], account_id=account_id)]


async def renew(tx: Tx, token_id: int, hash: str) -> None:
    """Give the token another secret; the old one is worth nothing any more."""
    await tx.run(SQL["renew"], id=token_id, hash=hash)


async def used(tx: Tx, token_id: int, at: int) -> None:
    """Note when the token was last used."""
    await tx.run(SQL["used"], id=token_id, at=at)


async def remove(tx: Tx, token_id: int) -> None:
    """Forget the token."""
    await tx.run(SQL["remove"], id=token_id)
