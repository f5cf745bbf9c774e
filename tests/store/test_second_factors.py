"""Second factors in the database."""

from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.second_factors import SecondFactor
from headway.store import second_factors


async def test_an_account_has_one_or_none(world: World, admin: Account) -> None:
    assert await world.database.read(lambda tx: second_factors.get(tx, admin.id)) is None
    for it in (SecondFactor(admin.id, "A", None, 0, ()), SecondFactor(admin.id, "B", 7, 8, ("x", "y"))):
        await world.database.write(lambda tx, it=it: second_factors.put(tx, it))
        assert await world.database.read(lambda tx: second_factors.get(tx, admin.id)) == it
    await world.database.write(lambda tx: second_factors.delete(tx, admin.id))
    assert await world.database.read(lambda tx: second_factors.get(tx, admin.id)) is None
