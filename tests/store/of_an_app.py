"""Rows of an app."""

from headway.model.accounts import Account
from headway.store import accounts, apps
from headway.store.database import Database, Tx
from tests.records import AT, an_app


async def with_apps(database: Database) -> Database:
    """The apps 5 and 6 of account 1."""

    async def body(tx: Tx) -> None:
        await accounts.insert(tx, Account(1, "admin", "admin@example.com", AT))
        await apps.insert(tx, an_app())
        await apps.insert(tx, an_app(id=6, name="another-app"))

    await database.write(body)
    return database
