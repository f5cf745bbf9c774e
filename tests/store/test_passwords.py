"""Passwords in the database."""

from headway.domain.world import World
from headway.model.accounts import Account
from headway.store import passwords


async def test_the_last_one_that_was_set_is_kept(world: World, admin: Account, other: Account) -> None:
    assert await world.database.read(lambda tx: passwords.get(tx, admin.id)) is None
    for hash in ("one", "two"):
        await world.database.write(lambda tx, hash=hash: passwords.set(tx, admin.id, hash, 5))
    assert await world.database.read(lambda tx: passwords.get(tx, admin.id)) == "two"
    assert await world.database.read(lambda tx: passwords.get(tx, other.id)) is None
