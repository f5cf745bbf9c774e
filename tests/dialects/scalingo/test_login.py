"""Tokens for who has a password, or came over SSH."""

import base64
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.domain.accounts.set_password import set_password
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.web.ask import Edge
from headway.web.limits import GUESSES_OF_ACCOUNT_PER_MINUTE
from tests.dialects.scalingo.conftest import speaking
from tests.domain.accounts.protected import PASSWORD, protect, shows
from tests.ready_made import SECRET

LAPTOP = {"token": {"name": "laptop"}}


def basic(name: str, password: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"authorization": f"Basic {encoded}"}


async def asks(site: ASGIApp, headers: dict[str, str]) -> httpx2.Response:
    async with speaking(site, "") as nobody:
        return await nobody.post("/v1/tokens", json=LAPTOP, headers=headers)


@pytest.mark.parametrize("name", ["admin", "Admin@example.com"])
async def test_a_password_is_worth_a_token_that_opens_the_api(
    site: ASGIApp, world: World, by: Actor, name: str
) -> None:
    await set_password(world, by.account_id, PASSWORD, by)
    reply = await asks(site, basic(name, PASSWORD))
    assert reply.status_code == 201
    async with speaking(site, reply.json()["token"]["token"]) as client:
        assert (await client.get("/v1/users/self")).json()["user"]["username"] == "admin"


async def test_a_password_opens_nothing_else(site: ASGIApp, world: World, by: Actor) -> None:
    await set_password(world, by.account_id, PASSWORD, by)
    async with speaking(site, "") as nobody:
        for method, path in (("GET", "/v1/apps"), ("POST", "/v1/tokens/exchange")):
            reply = await nobody.request(method, path, headers=basic("admin", PASSWORD))
            assert reply.status_code == 401


@pytest.mark.parametrize("name", ["", "admin", "anybody"])
async def test_a_token_is_worth_another_one_whoever_stands_beside_it(site: ASGIApp, name: str) -> None:
    assert (await asks(site, basic(name, SECRET))).status_code == 201


@pytest.mark.parametrize(
    "headers", [{}, basic("", "wrong"), basic("admin", "wrong"), {"authorization": "Bearer x"}]
)
async def test_anything_else_is_a_401_that_says_why(
    site: ASGIApp, world: World, by: Actor, headers: dict[str, str]
) -> None:
    await set_password(world, by.account_id, PASSWORD, by)
    reply = await asks(site, headers)
    assert (reply.status_code, list(reply.json())) == (401, ["error"])


async def test_a_second_factor_is_asked_for_in_exactly_these_words(
    site: ASGIApp, world: World, by: Actor
) -> None:
    secret, _ = await protect(world, by)
    headers = basic("admin", PASSWORD)
    reply = await asks(site, headers)
    assert (reply.status_code, reply.json()) == (401, {"error": "OTP Required"})
    code = shows(world, secret, 1)
    assert (await asks(site, {**headers, "X-Authorization-OTP": code})).status_code == 201
    assert (await asks(site, {**headers, "X-Authorization-OTP": code})).status_code == 401
    assert (await asks(site, basic("", SECRET))).status_code == 201


async def test_guessing_is_slow_and_the_right_one_does_not_help(
    site: ASGIApp, world: World, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Time stands still, however long these take.
    monkeypatch.setattr(world.clock, "monotonic", lambda: 1000.0)
    await set_password(world, by.account_id, PASSWORD, by)
    for _ in range(GUESSES_OF_ACCOUNT_PER_MINUTE):
        assert (await asks(site, basic("ADMIN", "wrong"))).status_code == 401
    late = await asks(site, basic("admin", PASSWORD))
    assert (late.status_code, list(late.json())) == (429, ["error"])
    assert int(late.headers["retry-after"]) >= 1
    assert (await asks(site, basic("", SECRET))).status_code == 201
    monkeypatch.setattr(world.clock, "monotonic", lambda: 1060.0)
    assert (await asks(site, basic("admin", PASSWORD))).status_code == 201


async def test_who_came_over_ssh_gets_a_token_and_nothing_else(
    site: ASGIApp, the_edge: Edge, world: World, admin: Account
) -> None:
    jwt = the_edge.identity.login_jwt(admin)
    assert (await asks(site, {"authorization": f"Bearer {jwt}"})).status_code == 201
    async with speaking(site, jwt) as client:
        assert (await client.get("/v1/users/self")).status_code == 401
    clock: Any = world.clock
    clock.ahead += 301
    assert (await asks(site, {"authorization": f"Bearer {jwt}"})).status_code == 401
