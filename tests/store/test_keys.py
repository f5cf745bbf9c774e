"""A key is kept once for each scope, and goes with its operation."""

import pytest

from headway.store import keys
from headway.store.database import Database, NotUnique


async def test_a_key_is_found_in_its_scope_only(database: Database) -> None:
    await database.write(lambda tx: keys.insert(tx, "1", "key", "print", operation=7, at=1))
    assert await database.read(lambda tx: keys.get(tx, "1", "key")) == ("print", 7)
    assert await database.read(lambda tx: keys.get(tx, "2", "key")) is None
    assert await database.read(lambda tx: keys.get(tx, "1", "other")) is None


async def test_a_key_is_kept_once(database: Database) -> None:
    await database.write(lambda tx: keys.insert(tx, "1", "key", "print", operation=7, at=1))
    with pytest.raises(NotUnique):
        await database.write(lambda tx: keys.insert(tx, "1", "key", "other", operation=8, at=1))
    await database.write(lambda tx: keys.insert(tx, "2", "key", "other", operation=8, at=1))
    assert await database.read(lambda tx: keys.get(tx, "1", "key")) == ("print", 7)


async def test_keys_go_with_their_operation(database: Database) -> None:
    for key in ("a", "b"):
        await database.write(lambda tx, key=key: keys.insert(tx, "1", key, "print", operation=7, at=1))
    await database.write(lambda tx: keys.insert(tx, "1", "c", "print", operation=8, at=1))
    await database.write(lambda tx: keys.forget(tx, 7))
    assert await database.read(lambda tx: keys.get(tx, "1", "a")) is None
    assert await database.read(lambda tx: keys.get(tx, "1", "c")) == ("print", 8)
