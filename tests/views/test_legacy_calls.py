"""Who still calls."""

from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.legacy_calls import LegacyCalls
from headway.store import legacy_calls as rows
from headway.views import legacy_calls


async def test_who_called_last_comes_first_and_has_a_name_where_there_is_one(
    world: World, admin: Account
) -> None:
    for at, token_id in ((5, 7), (6, 8)):
        it = LegacyCalls("a", token_id, admin.id, 1, at, at)
        await world.database.write(lambda tx, it=it: rows.add(tx, it))
    found = await legacy_calls.newest(world.database)
    assert [(it.calls.token_id, it.account, it.token) for it in found] == [(8, "", ""), (7, "", "")]
