"""Access tokens for client credentials."""

from typing import Any

import httpx2
import pytest

from tests.dialects.workiva.conftest import Client
from tests.ready_made import OTHER_SECRET, SECRET

FORM = {"grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET}


async def asked(client: Client, **given: Any) -> tuple[int, str]:
    reply = await client.post("/oauth2/token", **given)
    assert reply.headers["cache-control"] == "no-store"
    said = reply.json()
    assert set(said) in (
        {"access_token", "expires_in", "scope", "token_type"},
        {"error", "error_description"},
    )
    return reply.status_code, said.get("error") or said["scope"]


async def test_scopes_are_given_as_they_were_asked_for(client: Client) -> None:
    asked_for = "graph:read  file:read graph:read"
    assert await asked(client, data={**FORM, "scope": asked_for}) == (200, "graph:read file:read")
    assert await asked(client, data={**FORM, "scope": "everything"}) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "given",
    [
        {"content": b""},
        {"content": b"\xff\xfe"},
        {"content": b"{"},
        {"content": b"[" * 10_000, "headers": {"content-type": "application/json"}},
        {"content": b"a=1&a=2"},
        {"content": b"&".join([b"a=1"] * 100)},
        {"json": {**FORM, "client_secret": 5}},
        {"json": []},
        {"data": {**FORM, "grant_type": "Client_Credentials"}},
        {"data": {**FORM, "client_secret": ""}},
        {"data": FORM, "auth": httpx2.BasicAuth("me", OTHER_SECRET)},
    ],
)
async def test_what_cannot_be_read_is_an_invalid_request(client: Client, given: dict[str, Any]) -> None:
    assert await asked(client, **given) == (400, "invalid_request")


async def test_what_is_too_large_is_refused(client: Client) -> None:
    assert await asked(client, content=b"x" * (65 << 10)) == (413, "invalid_request")


async def test_a_wrong_secret_by_basic_is_answered_with_how_to_prove_it(client: Client) -> None:
    form = {"grant_type": "client_credentials"}
    for secret in ("wrong", "a.b.c"):
        reply = await client.post("/oauth2/token", data=form, auth=httpx2.BasicAuth("me", secret))
        assert (reply.status_code, reply.json()["error"]) == (401, "unauthorized_client")
        assert reply.headers["www-authenticate"] == 'Basic realm="headway"'


async def test_an_access_token_is_no_client_secret(client: Client) -> None:
    made = (await client.post("/oauth2/token", data=FORM)).json()["access_token"]
    assert await asked(client, data={**FORM, "client_secret": made}) == (401, "unauthorized_client")
