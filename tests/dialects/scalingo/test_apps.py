"""Apps over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.ids import show
from headway.model.apps import App
from tests.dialects.scalingo.joining import joined

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
    vague = await client.post("/v1/apps", json={"app": {"name": "hello-world"}}, headers={"x-dry-run": "yes"})
    assert (vague.status_code, set(vague.json()["errors"])) == (422, {"X-Dry-Run"})
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


# -- changes, on a platform that is at work --------------------------------------------------------------------


async def test_a_renamed_app_answers_by_its_new_name(live: Client) -> None:
    reply = await live.post(
        "/v1/apps/hello-world/rename", json={"current_name": "hello-world", "new_name": "good-morning"}
    )
    assert (reply.status_code, reply.json()["app"]["name"]) == (200, "good-morning")
    assert reply.json()["app"]["url"].startswith("http://good-morning.")
    assert (await live.get("/v1/apps/hello-world")).status_code == 404
    # As the document's own example has it, without the last part of the path.
    reply = await live.post(
        "/v1/apps/good-morning", json={"current_name": "good-morning", "new_name": "hello-world"}
    )
    assert (reply.status_code, reply.json()["app"]["name"]) == (200, "hello-world")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"current_name": "another-app", "new_name": "good-morning"}, {"current_name"}),
        ({"current_name": "hello-world", "new_name": "hi"}, {"name"}),
        ({"current_name": "hello-world"}, {"new_name"}),
    ],
)
async def test_a_wrong_rename_is_refused_by_field(
    live: Client, body: dict[str, Any], fields: set[str]
) -> None:
    reply = await live.post("/v1/apps/hello-world/rename", json=body)
    assert (reply.status_code, set(reply.json()["errors"])) == (422, fields)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("nested", [True, False])
async def test_settings_change_nested_or_not(live: Client, method: str, *, nested: bool) -> None:
    change = {"force_https": True, "router_logs": True}
    reply = await live.request(method, "/v1/apps/hello-world", json={"app": change} if nested else change)
    app = reply.json()["app"]
    assert (reply.status_code, app["force_https"], app["router_logs"], app["sticky_session"]) == (
        200,
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"app": {"force_https": "yes"}}, 422, "force_https"),
        ({}, 422, "app"),
        ({"app": {"stack_id": "no-such-stack"}}, 404, "stack"),
        ({"app": {"project_id": "no-such-project"}}, 404, "project"),
        ({"app": {"owner": "nobody@example.com"}}, 422, "owner"),
        ({"app": {"owner": "other@example.com", "stack_id": "no-such-stack"}}, 422, "owner"),
        ({"app": {"router_logs": True}, "current_name": "another-app"}, 422, "current_name"),
    ],
)
async def test_a_wrong_change_is_refused(live: Client, body: dict[str, Any], status: int, said: str) -> None:
    reply = await live.patch("/v1/apps/hello-world", json=body)
    assert reply.status_code == status
    assert said in (reply.json().get("errors") or {reply.json().get("resource"): ""})


async def test_an_app_is_given_to_a_collaborator(live: Client, guest: Client) -> None:
    await joined(live, guest)
    reply = await live.patch(
        "/v1/apps/hello-world",
        params={"current_name": "hello-world"},
        json={"app": {"owner": "other@example.com"}},
    )
    assert (reply.status_code, reply.json()["app"]["owner"]["email"]) == (200, "other@example.com")
    assert (await guest.get("/v1/apps/hello-world")).status_code == 200


async def test_a_deleted_app_is_not_there(live: Client) -> None:
    reply = await live.delete("/v1/apps/hello-world", params={"current_name": "another-app"})
    assert (reply.status_code, set(reply.json()["errors"])) == (422, {"current_name"})
    reply = await live.delete("/v1/apps/hello-world", params={"current_name": "hello-world"})
    assert (reply.status_code, reply.content) == (204, b"")
    assert (await live.get("/v1/apps/hello-world")).status_code == 404


async def test_children_are_made_and_listed_in_pages(client: Client, app: App) -> None:
    for n in range(3):
        reply = await client.post(f"/v1/apps/{app.name}/child_apps", json={"app": {"name": f"child-{n}"}})
        assert (reply.status_code, reply.json()["app"]["parent_app_name"]) == (201, app.name)
    reply = await client.get(f"/v1/apps/{app.name}/child_apps", params={"page": 2, "per_page": 2})
    assert [one["name"] for one in reply.json()["child_apps"]] == ["child-2"]
    assert reply.json()["meta"]["pagination"] == {
        "current_page": 2,
        "prev_page": 1,
        "next_page": None,
        "total_pages": 2,
        "total_count": 3,
        "per_page": 2,
    }
