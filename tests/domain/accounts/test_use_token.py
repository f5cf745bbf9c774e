"""Noting that a token is in use."""

from headway.domain.accounts.use_token import use_token
from headway.domain.world import World
from headway.model.accounts import Account, Token
from headway.views import accounts
from tests.ready_made import HandClock


async def the_token(world: World, admin: Account) -> Token:
    (token,) = await accounts.tokens_of(world.database, admin.id)
    return token


async def test_the_first_use_is_noted(world: World, admin: Account) -> None:
    await use_token(world, await the_token(world, admin))
    assert (await the_token(world, admin)).last_used_at is not None


async def test_uses_are_noted_at_most_once_a_minute(world: World, admin: Account) -> None:
    assert isinstance(world.clock, HandClock)
    await use_token(world, await the_token(world, admin))
    first = await the_token(world, admin)
    world.clock.ahead += 30
    await use_token(world, first)
    assert await the_token(world, admin) == first
    world.clock.ahead += 31
    await use_token(world, first)
    assert await the_token(world, admin) != first
