"""From a secret to an account."""

import base64

import pytest

from headway.domain.accounts.renew_token import renew_token
from headway.domain.accounts.revoke_token import revoke_token
from headway.domain.world import World
from headway.errors import Unauthenticated
from headway.model.operations import Actor
from headway.views import accounts
from headway.web.ask import Edge
from headway.web.identity import BELIEVED_SECONDS, LOGIN_SECONDS, Caller, basic, bearer
from tests.ready_made import SECRET, HandClock


def wait(world: World, seconds: float) -> None:
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += int(seconds)


async def admin(the_edge: Edge) -> Caller:
    return await the_edge.identity.caller(SECRET)


async def test_an_api_token_leads_to_its_account(the_edge: Edge) -> None:
    assert (await admin(the_edge)).account.name == "admin"


async def test_a_jwt_leads_to_the_account_of_the_token_behind_it(the_edge: Edge) -> None:
    caller = await admin(the_edge)
    assert (await the_edge.identity.caller(the_edge.identity.jwt(caller))).account == caller.account


@pytest.mark.parametrize("secret", [None, "", "tk-us-wrong", "a.b.c", "\ud800", "é" * 10_000])
async def test_nobody_holds_a_wrong_secret(the_edge: Edge, secret: str | None) -> None:
    with pytest.raises(Unauthenticated):
        await the_edge.identity.caller(secret)


async def test_a_revoked_token_and_its_jwt_are_worth_nothing_within_seconds(
    the_edge: Edge, world: World
) -> None:
    caller = await admin(the_edge)
    jwt = the_edge.identity.jwt(caller)
    await the_edge.identity.caller(jwt)
    await revoke_token(world, caller.account.id, caller.token.id, Actor())
    wait(world, BELIEVED_SECONDS + 1)
    for secret in (SECRET, jwt):
        with pytest.raises(Unauthenticated):
            await the_edge.identity.caller(secret)


async def test_a_renewed_token_leaves_neither_the_old_secret_nor_its_jwt_alive(
    the_edge: Edge, world: World
) -> None:
    caller = await admin(the_edge)
    jwt = the_edge.identity.jwt(caller)
    _, secret = await renew_token(world, caller.account.id, caller.token.id, Actor())
    wait(world, BELIEVED_SECONDS + 1)
    assert (await the_edge.identity.caller(secret)).account == caller.account
    for old in (SECRET, jwt):
        with pytest.raises(Unauthenticated):
            await the_edge.identity.caller(old)


async def test_a_jwt_ends_although_it_was_believed_a_moment_ago(the_edge: Edge, world: World) -> None:
    jwt = the_edge.identity.jwt(await admin(the_edge))
    wait(world, world.config.jwt_seconds - 1)
    await the_edge.identity.caller(jwt)
    wait(world, BELIEVED_SECONDS + 1)
    with pytest.raises(Unauthenticated):
        await the_edge.identity.caller(jwt)


async def test_the_use_of_a_token_is_noted(the_edge: Edge, world: World) -> None:
    caller = await admin(the_edge)
    (token,) = await accounts.tokens_of(world.database, caller.account.id)
    assert token.last_used_at is not None


def encoded(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (encoded(b":secret"), ("", "secret")),
        (encoded(b"me:a:b"), ("me", "a:b")),
        (encoded(b"no colon"), None),
        (encoded(b"\xff:\xfe"), None),
        ("Basic !!!", None),
        ("Basic", None),
        ("Bearer x", None),
        (None, None),
    ],
)
def test_basic_is_read_or_is_nothing(header: str | None, said: tuple[str, str] | None) -> None:
    assert basic(header) == said


@pytest.mark.parametrize(
    ("header", "said"),
    [("Bearer x", "x"), ("bearer  x ", "x"), ("Bearer", None), ("Basic x", None), (None, None)],
)
def test_bearer_is_read_or_is_nothing(header: str | None, said: str | None) -> None:
    assert bearer(header) == said


async def test_a_jwt_for_an_audience_is_good_there_only_and_for_its_scopes(
    the_edge: Edge,
) -> None:
    caller = await admin(the_edge)
    jwt = the_edge.identity.scoped(caller, "elsewhere", ["file:read"], 60)
    there = await the_edge.identity.caller(jwt, "elsewhere")
    assert (there.account, there.scopes) == (caller.account, {"file:read"})
    # Also when it has just been believed there.
    for secret, audience in ((jwt, "api"), (the_edge.identity.jwt(caller), "elsewhere")):
        with pytest.raises(Unauthenticated):
            await the_edge.identity.caller(secret, audience)
    assert (await the_edge.identity.caller(SECRET, "elsewhere")).scopes is None


async def test_who_came_another_way_is_known_where_a_token_is_asked_for_and_nowhere_else(
    the_edge: Edge, world: World
) -> None:
    account = (await admin(the_edge)).account
    jwt = the_edge.identity.login_jwt(account)
    assert await the_edge.identity.newcomer(jwt) == account
    assert await the_edge.identity.newcomer(SECRET) == account
    with pytest.raises(Unauthenticated):
        await the_edge.identity.caller(jwt)
    wait(world, LOGIN_SECONDS + 1)
    for secret in (jwt, "a.b.c", "", None):
        with pytest.raises(Unauthenticated):
            await the_edge.identity.newcomer(secret)
