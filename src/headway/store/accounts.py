"""Accounts in the database."""

from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.store.database import NotUnique, Tx
from headway.store.sheets import sheet

SQL = sheet("accounts")


async def insert(tx: Tx, account: Account) -> None:
    """Keep a new account; Invalid where its name or address is taken."""
    try:
        await tx.run(
            SQL["insert"],
            id=account.id,
            name=account.name,
            email=account.email,
            created_at=account.created_at,
        )
    except NotUnique as error:
        raise Invalid(name="is already taken") from error


async def get(tx: Tx, account_id: int) -> Account:
    """The account; NotFound."""
    row = await tx.one(SQL["get"], id=account_id)
    if row is None:
        raise NotFound("account")
    return Account(*row)


async def by_name(tx: Tx, name: str) -> Account:
    """The account of that name; NotFound."""
    row = await tx.one(SQL["by_name"], name=name)
    if row is None:
        raise NotFound("account", name)
    return Account(*row)
