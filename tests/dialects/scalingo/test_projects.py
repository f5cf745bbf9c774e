"""Projects over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.model.apps import App

Client = httpx2.AsyncClient


async def test_everybody_has_one_from_the_start(client: Client, app: App) -> None:
    (first,) = (await client.get("/v1/projects")).json()["projects"]
    assert (first["name"], first["default"], first["owner"]["username"]) == ("default", True, "admin")
    assert (await client.get(f"/v1/projects/{first['id']}")).json() == {"project": first}
    told = (await client.get(f"/v1/apps/{app.name}")).json()["app"]["project"]
    assert told == {"id": first["id"], "name": "default"}


async def test_apps_are_filed_when_they_are_made_and_later(client: Client, app: App) -> None:
    reply = await client.post("/v1/projects", json={"project": {"name": "shop"}})
    shop = reply.json()["project"]
    assert (reply.status_code, shop["default"]) == (201, False)
    made = await client.post("/v1/apps", json={"app": {"name": "in-the-shop", "project_id": shop["id"]}})
    assert made.json()["app"]["project"] == {"id": shop["id"], "name": "shop"}
    # The Go client's form.
    filed = await client.put(f"/v1/apps/{app.name}", json={"project_id": shop["id"]})
    assert (filed.status_code, filed.json()["app"]["project"]["name"]) == (200, "shop")
    full = await client.delete(f"/v1/projects/{shop['id']}")
    assert (full.status_code, set(full.json())) == (409, {"error"})


@pytest.mark.shows("DELETE /v1/projects/:id")
async def test_another_one_becomes_the_default_and_the_first_may_go(client: Client) -> None:
    (first,) = (await client.get("/v1/projects")).json()["projects"]
    shop = (await client.post("/v1/projects", json={"project": {"name": "shop"}})).json()["project"]
    wrong = await client.patch(f"/v1/projects/{first['id']}", json={"project": {"default": False}})
    assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"default"})
    changed = await client.patch(
        f"/v1/projects/{shop['id']}", json={"project": {"name": "stall", "default": True}}
    )
    assert (changed.status_code, changed.json()["project"]["default"]) == (200, True)
    assert (await client.delete(f"/v1/projects/{first['id']}")).status_code == 204
    assert [it["name"] for it in (await client.get("/v1/projects")).json()["projects"]] == ["stall"]


@pytest.mark.parametrize(
    ("project_id", "status"), [("pr-nothing", 404), ("pr-000000000000000000000001", 404), (7, 422)]
)
async def test_a_project_that_is_not_there_is_named(client: Client, project_id: Any, status: int) -> None:
    reply = await client.post("/v1/apps", json={"app": {"name": "nowhere-app", "project_id": project_id}})
    assert reply.status_code == status
    if status == 404:
        assert reply.json() == {"resource": "project", "error": "not found"}


async def test_somebody_elses_project_is_not_there(client: Client, stranger: Client) -> None:
    shop = (await client.post("/v1/projects", json={"project": {"name": "shop"}})).json()["project"]
    at = f"/v1/projects/{shop['id']}"
    assert (await stranger.get(at)).status_code == 404
    assert (await stranger.patch(at, json={"project": {"name": "mine"}})).status_code == 404
    assert (await stranger.delete(at)).status_code == 404
    assert (await stranger.post("/v1/projects", json={"project": {"name": "shop"}})).status_code == 201
