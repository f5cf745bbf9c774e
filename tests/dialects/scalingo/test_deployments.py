"""Deployments over HTTP."""

import httpx2
import pytest

from headway.domain.world import World
from headway.model.apps import App
from headway.store import deployments as rows
from headway.store.database import Tx
from tests.records import a_deployment

Client = httpx2.AsyncClient


@pytest.fixture
async def source_url(client: Client) -> str:
    urls = (await client.post("/v1/sources", json={})).json()["source"]
    await client.put(urls["upload_url"], content=b"archive")
    return urls["download_url"]


async def test_a_deployment_is_begun_found_and_listed(client: Client, app: App, source_url: str) -> None:
    wanted = {"deployment": {"git_ref": "v1", "source_url": source_url}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert reply.status_code == 201
    made = reply.json()["deployment"]
    assert (made["status"], made["git_ref"], made["pusher"]["email"]) == ("queued", "v1", "admin@example.com")
    found = await client.get(f"/v1/apps/{app.name}/deployments/{made['id']}")
    assert found.json() == {"deployment": made}
    listed = (await client.get(f"/v1/apps/{app.name}/deployments")).json()
    assert (listed["deployments"], listed["meta"]["pagination"]["total_count"]) == ([made], 1)
    assert (await client.get(f"/v1/apps/{app.name}")).json()["app"]["status"] == "booting"
    assert (await client.get(made["links"]["output"])).status_code == 200


async def test_without_a_ref_one_is_made_up(client: Client, app: App, source_url: str) -> None:
    wanted = {"deployment": {"git_ref": None, "source_url": source_url}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert reply.json()["deployment"]["git_ref"]


async def test_what_was_never_uploaded_cannot_be_deployed(client: Client, app: App) -> None:
    wanted = {"deployment": {"git_ref": "v1", "source_url": "ftp://example.com"}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert (reply.status_code, list(reply.json()["errors"])) == (422, ["source_url"])


async def test_they_come_in_pages_newest_first(client: Client, world: World, app: App) -> None:
    async def body(tx: Tx) -> None:
        for n in range(3):
            await rows.insert(tx, a_deployment(id=n + 1, app_id=app.id, ref=f"v{n}"))

    await world.database.write(body)
    first = (await client.get(f"/v1/apps/{app.name}/deployments?per_page=2&page=1")).json()
    assert [one["git_ref"] for one in first["deployments"]] == ["v2", "v1"]
    assert first["meta"]["pagination"]["next_page"] == 2
    far = (await client.get(f"/v1/apps/{app.name}/deployments?per_page=2&page=999999999999")).json()
    assert far["deployments"] == []


@pytest.mark.parametrize("path", ["deployments", "deployments/0/output", "caches/deployment"])
async def test_nothing_of_a_strangers_app_is_there(stranger: Client, app: App, path: str) -> None:
    method = "DELETE" if path.startswith("caches") else "GET"
    reply = await stranger.request(method, f"/v1/apps/{app.name}/{path}")
    assert (reply.status_code, reply.json()["resource"]) == (404, "app")


async def test_a_deployment_that_is_not_there_is_not_found(client: Client, app: App) -> None:
    for shown in ("0" * 24, "no-id"):
        reply = await client.get(f"/v1/apps/{app.name}/deployments/{shown}")
        assert (reply.status_code, reply.json()["resource"]) == (404, "deployment")


async def test_the_cache_can_be_deleted(client: Client, app: App) -> None:
    assert (await client.delete(f"/v1/apps/{app.name}/caches/deployment")).status_code == 204
