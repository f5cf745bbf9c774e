"""Calls of what is to be switched off are written down."""

from headway.domain.legacy.note_calls import note_calls
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.legacy_calls import LegacyCalls
from headway.views import accounts, legacy_calls


async def test_calls_are_kept_but_for_those_of_a_token_that_is_gone(world: World, admin: Account) -> None:
    (token,) = await accounts.tokens_of(world.database, admin.id)
    mine = LegacyCalls("a", token.id, admin.id, 2, 10, 20)
    await note_calls(world, [mine, LegacyCalls("a", 7, admin.id, 1, 10, 20)])
    (shown,) = await legacy_calls.newest(world.database)
    assert (shown.calls, shown.account, shown.token) == (mine, "admin", "first")
