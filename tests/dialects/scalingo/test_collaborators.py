"""Collaborators over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.model.apps import App
from tests.dialects.scalingo.joining import joined

Client = httpx2.AsyncClient


async def test_an_invitation_is_an_object_with_a_link(client: Client, app: App) -> None:
    reply = await client.post(
        f"/v1/apps/{app.name}/collaborators", json={"collaborator": {"email": "Somebody@Example.com"}}
    )
    it = reply.json()["collaborator"]
    assert (reply.status_code, it["email"], it["status"], it["is_limited"]) == (
        201,
        "somebody@example.com",
        "pending",
        True,
    )
    assert (it["user_id"], it["username"], it["app_name"]) == (None, "n/a", app.name)
    listed = (await client.get(f"/v1/apps/{app.name}/collaborators")).json()["collaborators"]
    assert [one["id"] for one in listed] == [it["id"]]


async def test_who_follows_the_link_sees_the_app(client: Client, stranger: Client, app: App) -> None:
    assert (await stranger.get(f"/v1/apps/{app.name}")).status_code == 404
    await joined(client, stranger)
    assert (await stranger.get(f"/v1/apps/{app.name}")).status_code == 200
    assert [one["name"] for one in (await stranger.get("/v1/apps")).json()["apps"]] == [app.name]
    (it,) = (await client.get("/v1/collaborators")).json()["collaborators"]
    assert (it["status"], it["username"], it["invitation_link"]) == ("accepted", "other", "")


@pytest.mark.parametrize("token", ["", "no-token", "a.b.c"])
async def test_a_link_that_proves_nothing_is_refused(stranger: Client, token: str) -> None:
    assert (await stranger.get("/v1/apps/collaboration", params={"token": token})).status_code == 401


async def test_only_the_owner_sees_links(client: Client, stranger: Client, app: App) -> None:
    await joined(client, stranger)
    await client.post(f"/v1/apps/{app.name}/collaborators", json={"collaborator": {"email": "x@example.com"}})
    listed = (await stranger.get(f"/v1/apps/{app.name}/collaborators")).json()["collaborators"]
    assert [one["invitation_link"] for one in listed] == ["", ""]


async def test_a_limit_is_lifted(client: Client, stranger: Client, app: App) -> None:
    id = await joined(client, stranger, is_limited=True)
    assert (await stranger.get(f"/v1/apps/{app.name}/variables")).status_code == 403
    reply = await client.patch(
        f"/v1/apps/{app.name}/collaborators/{id}", json={"collaborator": {"is_limited": False}}
    )
    assert (reply.status_code, reply.json()["collaborator"]["is_limited"]) == (200, False)
    assert (await stranger.get(f"/v1/apps/{app.name}/variables")).status_code == 200


async def test_who_is_removed_sees_nothing(client: Client, stranger: Client, app: App) -> None:
    id = await joined(client, stranger)
    assert (await stranger.delete(f"/v1/apps/{app.name}?current_name={app.name}")).status_code == 403
    assert (await client.delete(f"/v1/apps/{app.name}/collaborators/{id}")).status_code == 204
    assert (await stranger.get(f"/v1/apps/{app.name}")).status_code == 404
    assert (await client.delete(f"/v1/apps/{app.name}/collaborators/{id}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"collaborator"}),
        ({"collaborator": {}}, {"email"}),
        ({"collaborator": {"email": "nobody"}}, {"email"}),
        ({"collaborator": {"email": "x@example.com", "is_limited": "no"}}, {"is_limited"}),
    ],
)
async def test_a_wrong_invitation_is_refused_by_field(
    client: Client, app: App, body: dict[str, Any], fields: set[str]
) -> None:
    reply = await client.post(f"/v1/apps/{app.name}/collaborators", json=body)
    assert (reply.status_code, set(reply.json()["errors"])) == (422, fields)
