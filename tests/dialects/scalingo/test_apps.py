"""Apps over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.ids import show
from headway.model.apps import App

Client = httpx2.AsyncClient


async def test_an_app_is_created_listed_and_found_by_name_and_id(client: Client) -> None:
    reply = await client.post(
        "/v1/apps", json={"app": {"name": "hello-world", "git_source": "https://x.example/y"}}
    )
    assert reply.status_code == 201
    app = reply.json()["app"]
    assert (app["name"], app["status"], app["git_source"]) == ("hello-world", "new", "https://x.example/y")
    assert (await client.get("/v1/apps")).json() == {"apps": [app]}
    for name in ("hello-world", app["id"]):
        assert (await client.get(f"/v1/apps/{name}")).json() == {"app": app}


async def test_a_dry_run_answers_the_same_and_leaves_nothing(client: Client) -> None:
    reply = await client.post(
        "/v1/apps", json={"app": {"name": "hello-world"}}, headers={"x-dry-run": "true"}
    )
    assert (reply.status_code, reply.json()["app"]["name"]) == (201, "hello-world")
    assert (await client.get("/v1/apps")).json() == {"apps": []}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"app": ["missing field"]}),
        ({"app": {}}, {"name": ["missing field"]}),
        ({"app": {"name": 7}}, {"name": ["Expected `str`, got `int`"]}),
        ({"app": {"name": "hi"}}, {"name": ["should have between 6 and 32 characters"]}),
    ],
)
async def test_a_wrong_app_is_refused_by_field(
    client: Client, body: dict[str, Any], fields: dict[str, list[str]]
) -> None:
    reply = await client.post("/v1/apps", json=body)
    assert (reply.status_code, reply.json()["errors"]) == (422, fields)
    assert isinstance(reply.json()["error"], str)


async def test_a_taken_name_is_refused(client: Client, stranger: Client) -> None:
    await client.post("/v1/apps", json={"app": {"name": "hello-world"}})
    for asker in (client, stranger):
        reply = await asker.post("/v1/apps", json={"app": {"name": "hello-world"}})
        assert (reply.status_code, set(reply.json()["errors"])) == (422, {"name"})


async def test_a_strangers_app_is_not_there(app: App, stranger: Client) -> None:
    for name in (app.name, show(app.id), "no-such-app"):
        reply = await stranger.get(f"/v1/apps/{name}")
        assert (reply.status_code, reply.json()) == (404, {"resource": "app", "error": "not found"})


async def test_a_child_names_its_parent(client: Client, app: App) -> None:
    reply = await client.post("/v1/apps", json={"app": {"name": "child-app", "parent_id": show(app.id)}})
    assert reply.json()["app"]["parent_app_name"] == app.name


async def test_an_app_of_nobody_knows_no_parent(client: Client) -> None:
    reply = await client.post("/v1/apps", json={"app": {"name": "child-app", "parent_id": "no-such-app"}})
    assert reply.status_code == 404


async def test_head_is_answered_like_get(client: Client, app: App) -> None:
    assert (await client.head(f"/v1/apps/{app.name}")).status_code == 200
    assert (await client.head("/v1/apps/no-such-app")).status_code == 404
