"""Public keys in the database."""

import msgspec
import pytest

from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.keys import Key
from headway.store import accounts, ssh_keys
from headway.store.database import Database
from tests.records import AT

A_KEY = Key(20, 1, "laptop", "ssh-ed25519 AAAA", "SHA256:a", AT)


@pytest.fixture
async def keyed(database: Database) -> Database:
    """The accounts 1 and 2; 1 has a key."""
    for id, name in ((1, "one"), (2, "two")):
        account = Account(id, name, f"{name}@example.com", AT)
        await database.write(lambda tx, account=account: accounts.insert(tx, account))
    await database.write(lambda tx: ssh_keys.insert(tx, A_KEY))
    return database


async def test_a_key_is_found_by_its_fingerprint(keyed: Database) -> None:
    assert await keyed.read(lambda tx: ssh_keys.by_fingerprint(tx, "SHA256:a")) == A_KEY
    with pytest.raises(NotFound):
        await keyed.read(lambda tx: ssh_keys.by_fingerprint(tx, "SHA256:b"))


async def test_an_account_has_its_own_keys_only(keyed: Database) -> None:
    assert await keyed.read(lambda tx: ssh_keys.of_account(tx, 1)) == [A_KEY]
    assert await keyed.read(lambda tx: ssh_keys.of_account(tx, 2)) == []
    assert await keyed.read(lambda tx: ssh_keys.get(tx, 1, 20)) == A_KEY
    with pytest.raises(NotFound):
        await keyed.read(lambda tx: ssh_keys.get(tx, 2, 20))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": "other", "account_id": 2}, "content"), ({"fingerprint": "SHA256:b"}, "name")],
)
async def test_a_key_is_one_accounts_only_and_a_name_is_there_once(
    keyed: Database, changes: dict[str, object], field: str
) -> None:
    again = msgspec.structs.replace(A_KEY, id=21, **changes)
    with pytest.raises(Invalid) as refused:
        await keyed.write(lambda tx: ssh_keys.insert(tx, again))
    assert set(refused.value.fields) == {field}


async def test_what_is_deleted_may_come_again(keyed: Database) -> None:
    await keyed.write(lambda tx: ssh_keys.delete(tx, 20))
    again = msgspec.structs.replace(A_KEY, id=21, account_id=2)
    await keyed.write(lambda tx: ssh_keys.insert(tx, again))
    assert await keyed.read(lambda tx: ssh_keys.by_fingerprint(tx, "SHA256:a")) == again
