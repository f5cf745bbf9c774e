"""Who may ask."""

from headway.model.accounts import Account, Token
from headway.store import accounts, tokens
from headway.store.database import Database, Tx


async def get(database: Database, account_id: int) -> Account:
    """The account; NotFound."""

    async def body(tx: Tx) -> Account:
        return await accounts.get(tx, account_id)

    return await database.read(body)


async def by_token_hash(database: Database, hash: str) -> tuple[Account, Token]:
    """The token whose secret has this hash, and whose it is; NotFound."""

    async def body(tx: Tx) -> tuple[Account, Token]:
        token = await tokens.by_hash(tx, hash)
        return await accounts.get(tx, token.account_id), token

    return await database.read(body)


async def by_token(database: Database, token_id: int) -> tuple[Account, Token]:
    """The token, and whose it is; NotFound."""

    async def body(tx: Tx) -> tuple[Account, Token]:
        token = await tokens.get(tx, token_id)
        return await accounts.get(tx, token.account_id), token

    return await database.read(body)


async def tokens_of(database: Database, account_id: int) -> list[Token]:
    """The tokens of an account, oldest first."""

    async def body(tx: Tx) -> list[Token]:
        return await tokens.of_account(tx, account_id)

    return await database.read(body)


async def every(database: Database) -> list[Account]:
    """All accounts, in the order in which they were made."""

    async def body(tx: Tx) -> list[Account]:
        return await accounts.every(tx)

    return await database.read(body)
