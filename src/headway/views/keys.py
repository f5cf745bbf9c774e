"""The public SSH keys of accounts, and whose one is."""

from headway.model.accounts import Account
from headway.model.keys import Key
from headway.store import accounts, ssh_keys
from headway.store.database import Database, Tx


async def of_account(database: Database, account_id: int) -> list[Key]:
    """All of an account, oldest first."""

    async def body(tx: Tx) -> list[Key]:
        return await ssh_keys.of_account(tx, account_id)

    return await database.read(body)


async def get(database: Database, account_id: int, key_id: int) -> Key:
    """One of the account; NotFound also where it is somebody else's."""

    async def body(tx: Tx) -> Key:
        return await ssh_keys.get(tx, account_id, key_id)

    return await database.read(body)


async def account_of(database: Database, fingerprint: str) -> Account:
    """Whose key has this fingerprint, as OpenSSH shows it (`SHA256:…`, `model.keys.fingerprint_of`); NotFound."""

    async def body(tx: Tx) -> Account:
        return await accounts.get(tx, (await ssh_keys.by_fingerprint(tx, fingerprint)).account_id)

    return await database.read(body)
