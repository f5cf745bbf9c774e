"""SSH keys over HTTP."""

from typing import Any

import httpx2
import pytest

from tests.ssh_keys import KEY, OTHER_KEY, SSH_KEYS

Client = httpx2.AsyncClient


@pytest.mark.parametrize("nested", [True, False])
async def test_a_key_is_added_nested_or_not_and_told_again(client: Client, *, nested: bool) -> None:
    it = {"name": "laptop", "content": f"{KEY}\n"}
    reply = await client.post("/v1/keys", json={"key": it} if nested else it)
    key = reply.json()["key"]
    assert (reply.status_code, key["name"], key["content"]) == (201, "laptop", KEY)
    assert key["fingerprint"] == SSH_KEYS[KEY]
    assert (await client.get("/v1/keys")).json() == {"keys": [key]}
    assert (await client.get(f"/v1/keys/{key['id']}")).json() == {"key": key}


async def test_a_key_is_removed(client: Client) -> None:
    key = (await client.post("/v1/keys", json={"name": "laptop", "content": KEY})).json()["key"]
    assert (await client.delete(f"/v1/keys/{key['id']}")).status_code == 204
    gone = await client.delete(f"/v1/keys/{key['id']}")
    assert (gone.status_code, gone.json()) == (404, {"resource": "key", "error": "not found"})


async def test_somebody_elses_key_is_not_there(client: Client, stranger: Client) -> None:
    key = (await client.post("/v1/keys", json={"name": "laptop", "content": KEY})).json()["key"]
    assert (await stranger.get(f"/v1/keys/{key['id']}")).status_code == 404
    assert (await stranger.delete(f"/v1/keys/{key['id']}")).status_code == 404
    taken = await stranger.post("/v1/keys", json={"name": "mine", "content": KEY})
    assert (taken.status_code, set(taken.json()["errors"])) == (422, {"content"})


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name", "content"}),
        ({"name": "laptop"}, {"content"}),
        ({"key": {"content": OTHER_KEY}}, {"name"}),
        ({"key": {"name": "laptop", "content": "too short"}}, {"content"}),
        ({"name": "", "content": KEY}, {"name"}),
        ({"name": 7, "content": KEY}, {"name"}),
    ],
)
async def test_a_wrong_key_is_refused_by_field(
    client: Client, body: dict[str, Any], fields: set[str]
) -> None:
    reply = await client.post("/v1/keys", json=body)
    assert (reply.status_code, set(reply.json()["errors"])) == (422, fields)
