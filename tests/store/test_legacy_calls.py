"""The ledger, on both engines."""

from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.legacy_calls import LegacyCalls
from headway.store import legacy_calls, tokens


async def test_calls_add_up_and_those_of_a_revoked_token_are_forgotten(world: World, admin: Account) -> None:
    (token,) = await world.database.read(lambda tx: tokens.of_account(tx, admin.id))
    first = LegacyCalls("a", token.id, admin.id, 2, 10, 20)
    for it in (
        first,
        LegacyCalls("a", token.id, admin.id, 3, 30, 40),
        LegacyCalls("b", token.id, admin.id, 1, 5, 5),
    ):
        await world.database.write(lambda tx, it=it: legacy_calls.add(tx, it))
    found = await world.database.read(lambda tx: legacy_calls.newest(tx, 9))
    assert found == [
        LegacyCalls("a", token.id, admin.id, 5, 10, 40),
        LegacyCalls("b", token.id, admin.id, 1, 5, 5),
    ]
    await world.database.write(legacy_calls.forget_revoked)
    assert len(await world.database.read(lambda tx: legacy_calls.newest(tx, 9))) == 2
    await world.database.write(lambda tx: tokens.remove(tx, token.id))
    await world.database.write(legacy_calls.forget_revoked)
    assert await world.database.read(lambda tx: legacy_calls.newest(tx, 9)) == []
