"""Domains over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.model.apps import App
from tests.dialects.scalingo.joining import joined
from tests.model.test_certificates import GOOD, NAME

Client = httpx2.AsyncClient


async def add(client: Client, app: App, **wanted: Any) -> httpx2.Response:
    return await client.post(f"/v1/apps/{app.name}/domains", json={"domain": wanted})


async def test_one_is_added_shown_listed_changed_and_removed(client: Client, app: App) -> None:
    reply = await add(client, app, name="Shop.Example.org", canonical=True)
    it = reply.json()["domain"]
    assert (reply.status_code, it["name"], it["canonical"], it["ssl"]) == (201, NAME, True, False)
    path = f"/v1/apps/{app.name}/domains/{it['id']}"
    assert (await client.get(path)).json()["domain"] == it
    assert (await client.get(f"/v1/apps/{app.name}/domains")).json()["domains"] == [it]
    url = (await client.get(f"/v1/apps/{app.name}")).json()["app"]["url"]
    assert url == f"http://{NAME}:8080"
    changed = await client.patch(path, json={"domain": {"tlscert": GOOD.chain, "tlskey": GOOD.key}})
    assert (changed.status_code, changed.json()["domain"]["ssl"]) == (200, True)
    assert changed.json()["domain"]["validity"].endswith("Z")
    assert (await client.delete(path)).status_code == 204
    gone = await client.get(path)
    assert (gone.status_code, gone.json()) == (404, {"resource": "domain", "error": "not found"})


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"domain"}),
        ({"domain": {}}, {"name"}),
        ({"domain": {"name": 1}}, {"name"}),
        ({"domain": {"name": "*.example.org"}}, {"name"}),
        ({"domain": {"name": "shop.localhost"}}, {"name"}),
        ({"domain": {"name": NAME, "canonical": "yes"}}, {"canonical"}),
        ({"domain": {"name": NAME, "tlscert": "x", "tlskey": "y"}}, {"tlscert"}),
        ({"domain": {"name": NAME, "tlscert": GOOD.chain, "tlskey": "y"}}, {"tlskey"}),
        ({"domain": {"name": "other.example.org", "tlscert": GOOD.chain, "tlskey": GOOD.key}}, {"tlscert"}),
    ],
)
async def test_a_wrong_wish_is_refused_by_field(
    client: Client, app: App, body: dict[str, Any], fields: set[str]
) -> None:
    reply = await client.post(f"/v1/apps/{app.name}/domains", json=body)
    assert (reply.status_code, set(reply.json()["errors"])) == (422, fields)
    assert GOOD.key.splitlines()[1] not in reply.text


async def test_a_limited_collaborator_sees_them_and_changes_none(
    client: Client, stranger: Client, app: App
) -> None:
    it = (await add(client, app, name=NAME)).json()["domain"]
    path = f"/v1/apps/{app.name}/domains"
    assert (await stranger.get(path)).status_code == 404
    await joined(client, stranger, is_limited=True)
    assert len((await stranger.get(path)).json()["domains"]) == 1
    assert (await add(stranger, app, name="b.example.org")).status_code == 403
    assert (
        await stranger.patch(f"{path}/{it['id']}", json={"domain": {"canonical": True}})
    ).status_code == 403
    assert (await stranger.delete(f"{path}/{it['id']}")).status_code == 403


async def test_what_the_go_client_sends_to_bring_a_certificate_leaves_the_canonical_one(
    client: Client, app: App
) -> None:
    it = (await add(client, app, name=NAME, canonical=True)).json()["domain"]
    whole = {"id": "", "name": "", "canonical": False, "ssl": False, "validity": "0001-01-01T00:00:00Z"}
    path = f"/v1/apps/{app.name}/domains/{it['id']}"
    reply = await client.patch(path, json={"domain": whole | {"tlscert": GOOD.chain, "tlskey": GOOD.key}})
    assert (reply.json()["domain"]["canonical"], reply.json()["domain"]["ssl"]) == (True, True)
    assert not (await client.patch(path, json={"domain": whole})).json()["domain"]["canonical"]
