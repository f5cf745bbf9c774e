"""Users, tokens, regions."""

import base64
from typing import Any

import httpx2
import jwt
import pytest
from starlette.types import ASGIApp

from tests.dialects.scalingo.conftest import ORIGIN, speaking
from tests.ready_made import SECRET

Client = httpx2.AsyncClient


async def test_an_api_token_is_exchanged_for_a_jwt_that_opens_the_api(site: ASGIApp) -> None:
    basic = "Basic " + base64.b64encode(f":{SECRET}".encode()).decode()
    async with speaking(site, "") as nobody:
        reply = await nobody.post("/v1/tokens/exchange", headers={"authorization": basic}, json={})
    assert (reply.status_code, list(reply.json())) == (200, ["token"])
    token = reply.json()["token"]
    assert isinstance(jwt.decode(token, options={"verify_signature": False})["exp"], int)
    async with speaking(site, token) as client:
        assert (await client.get("/v1/users/self")).json()["user"]["username"] == "admin"


async def test_the_flags_of_a_user_never_say_admin(client: Client) -> None:
    assert (await client.get("/v1/users/self")).json()["user"]["flags"] == {}


async def test_regions_are_told_to_anybody_and_name_the_host_that_was_asked(site: ASGIApp) -> None:
    async with speaking(site, "") as nobody:
        (region,) = (await nobody.get("/v1/regions")).json()["regions"]
    assert (region["api"], region["default"]) == (ORIGIN, True)


@pytest.mark.parametrize("body", [{"token": {"name": "laptop"}}, {"name": "laptop"}])
async def test_a_token_is_made_nested_or_not(client: Client, site: ASGIApp, body: dict[str, Any]) -> None:
    reply = await client.post("/v1/tokens", json=body)
    assert reply.status_code == 201
    made = reply.json()["token"]
    async with speaking(site, made["token"]) as as_new:
        listed = (await as_new.get("/v1/tokens")).json()["tokens"]
    assert [one["name"] for one in listed] == ["first", "laptop"]
    assert all("token" not in one for one in listed)


@pytest.mark.parametrize("body", [{}, {"token": {}}, {"name": ""}, {"name": 7}, {"token": "x"}])
async def test_a_token_without_a_name_is_invalid(client: Client, body: dict[str, Any]) -> None:
    reply = await client.post("/v1/tokens", json=body)
    assert (reply.status_code, set(reply.json())) == (422, {"errors", "error"})


async def test_a_token_is_renewed_and_deleted(client: Client) -> None:
    made = (await client.post("/v1/tokens", json={"name": "laptop"})).json()["token"]
    renewed = await client.patch(f"/v1/tokens/{made['id']}/renew", json={})
    assert (renewed.status_code, renewed.json()["token"]["id"]) == (200, made["id"])
    assert renewed.json()["token"]["token"] != made["token"]
    assert (await client.delete(f"/v1/tokens/{made['id']}")).status_code == 204
    gone = await client.delete(f"/v1/tokens/{made['id']}")
    assert (gone.status_code, gone.json()) == (404, {"resource": "token", "error": "not found"})


async def test_a_strangers_token_is_not_there(client: Client, stranger: Client) -> None:
    made = (await client.post("/v1/tokens", json={"name": "laptop"})).json()["token"]
    assert (await stranger.delete(f"/v1/tokens/{made['id']}")).status_code == 404
    assert (await stranger.delete("/v1/tokens/no-id")).status_code == 404


async def test_who_asks_changes_what_they_say_of_themselves(client: Client) -> None:
    wanted = {"fullname": "The Admin", "company": "Ours", "email_newsletter": False, "tos_accepted": True}
    reply = await client.put("/v1/users/account", json={"user": wanted})
    assert (reply.status_code, reply.json()["user"]["company"]) == (200, "Ours")
    assert (await client.get("/v1/users/self")).json() == reply.json()


@pytest.mark.parametrize(
    ("user", "field"),
    [
        ({"username": "a b"}, "username"),
        ({"email": "other@example.com"}, "username"),
        ({"password": "correct horse battery", "password_confirmation": "other"}, "password_confirmation"),
        ({"location": 7}, "location"),
    ],
)
async def test_what_they_cannot_say_is_refused_by_field(
    client: Client, user: dict[str, Any], field: str
) -> None:
    reply = await client.put("/v1/users/account", json={"user": user})
    assert (reply.status_code, set(reply.json()["errors"])) == (422, {field})


async def test_what_a_platform_of_ones_own_has_not_is_answered_all_the_same(client: Client) -> None:
    assert "Developer" in (await client.get("/v1/users/roles")).json()["roles"]
    assert (await client.post("/v1/users/stop_free_trial")).status_code == 200
    assert (await client.post("/v1/users/delete")).status_code == 403
