"""Who may ask."""

import pytest

from headway.domain.accounts.secret import hash_of
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.views import accounts
from tests.ready_made import SECRET


async def test_the_hash_of_a_secret_leads_to_its_account(world: World, admin: Account) -> None:
    account, token = await accounts.by_token_hash(world.database, hash_of(SECRET))
    assert (account, token.account_id) == (admin, admin.id)
    assert await accounts.by_token(world.database, token.id) == (admin, token)
    assert await accounts.tokens_of(world.database, admin.id) == [token]


async def test_an_account_is_found_by_its_id(world: World, admin: Account) -> None:
    assert await accounts.get(world.database, admin.id) == admin


async def test_a_secret_that_nobody_has_leads_nowhere(world: World) -> None:
    with pytest.raises(NotFound):
        await accounts.by_token_hash(world.database, hash_of("wrong"))
    with pytest.raises(NotFound):
        await accounts.by_token(world.database, 1)


async def test_all_accounts_are_listed(world: World, admin: Account, other: Account) -> None:
    assert await accounts.every(world.database) == [admin, other]
