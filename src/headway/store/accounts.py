"""Accounts in the database."""

from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.store import projects
from headway.store.database import NotUnique, Row, Tx
from headway.store.sheets import sheet

SQL = sheet("accounts")


def _account(row: Row | None, name: str = "") -> Account:
    if row is None:
        raise NotFound("account", name)
    return Account(*row[:-1], payment_defined=bool(row[-1]))


async def insert(tx: Tx, account: Account) -> None:
    """Keep a new account, with its first project; Invalid where its name or address is taken."""
    try:
        await tx.run(SQL["insert"], **_values(account), created_at=account.created_at)
    except NotUnique as error:
        raise Invalid(username="is already taken, or the e-mail address is") from error
    await projects.insert_default(tx, account.id, account.created_at)


async def update(tx: Tx, account: Account) -> None:
    """It is as this says, but for when it was made; Invalid where its name or address is taken."""
    try:
        await tx.run(SQL["update"], **_values(account))
    except NotUnique as error:
        raise Invalid(username="is already taken, or the e-mail address is") from error


async def get(tx: Tx, account_id: int) -> Account:
    """The account; NotFound."""
    return _account(await tx.one(SQL["get"], id=account_id))


async def by_name(tx: Tx, name: str) -> Account:
    """The account of that name; NotFound."""
    return _account(await tx.one(SQL["by_name"], name=name), name)


async def by_email(tx: Tx, email: str) -> Account:
    """The account with that address; NotFound."""
    return _account(await tx.one(SQL["by_email"], email=email), email)


async def every(tx: Tx) -> list[Account]:
    """All of them, in the order in which they were made."""
    return [_account(row) for row in await tx.all(SQL["every"])]


async def is_any(tx: Tx) -> bool:
    """Whether there is an account at all."""
    return await tx.one(SQL["any"]) is not None


def _values(it: Account) -> dict[str, object]:
    return {
        "id": it.id,
        "name": it.name,
        "email": it.email,
        "fullname": it.fullname,
        "company": it.company,
        "location": it.location,
        "payment_defined": int(it.payment_defined),
    }
