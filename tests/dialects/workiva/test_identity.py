"""What an access token is good for."""

import pytest
from starlette.datastructures import Headers

from headway.dialects.workiva.identity import secret
from tests.dialects.workiva.conftest import Client
from tests.dialects.workiva.moving import bearer
from tests.ready_made import SECRET


async def scoped(client: Client, scope: str) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_secret": SECRET, "scope": scope}
    return bearer((await client.post("/oauth2/token", data=form)).json()["access_token"])


def test_the_secret_is_a_bearer() -> None:
    assert secret(Headers({"authorization": "Bearer x"})) == "x"
    assert secret(Headers({"authorization": "Basic x"})) is None


@pytest.mark.parametrize(("verb", "needed"), [("copy", "file:write"), ("export", "file:read")])
async def test_a_token_begins_only_what_its_scopes_allow(client: Client, verb: str, needed: str) -> None:
    folder = (await client.post("/headway/v1/folders", json={"name": "top"})).json()["id"]
    for scope in ("", "graph:read", "file:read" if needed == "file:write" else "file:write"):
        reply = await client.post(f"/files/{folder}/{verb}", headers=await scoped(client, scope))
        assert (reply.status_code, reply.json()["code"]) == (403, "403Forbidden")
    reply = await client.post(f"/files/{folder}/{verb}", headers=await scoped(client, needed))
    assert reply.status_code == 202


async def test_what_came_of_an_operation_needs_a_scope_to_be_read(client: Client) -> None:
    for last in ("copyFileResults", "exportedFile"):
        path = f"/operations/{'0' * 24}/{last}"
        assert (await client.get(path, headers=await scoped(client, "file:write"))).status_code == 403
        assert (await client.get(path, headers=await scoped(client, "file:read"))).status_code == 404
