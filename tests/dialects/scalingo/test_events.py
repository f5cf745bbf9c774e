"""Events over HTTP."""

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.model.apps import App
from tests.dialects.scalingo.conftest import speaking
from tests.dialects.scalingo.joining import joined

Client = httpx2.AsyncClient


async def types_at(client: Client, path: str, **query: object) -> list[str]:
    reply = await client.get(path, params=query)
    assert reply.status_code == 200
    return [it["type"] for it in reply.json()["events"]]


async def test_an_apps_events_come_in_pages_newest_first(client: Client, app: App) -> None:
    await client.post(f"/v1/apps/{app.name}/variables", json={"variable": {"name": "A", "value": "secret"}})
    reply = await client.get(f"/v1/apps/{app.name}/events", params={"per_page": 1})
    (event,) = reply.json()["events"]
    assert (event["type"], event["user"]["username"]) == ("new_variable", "admin")
    assert "secret" not in reply.text
    assert reply.json()["meta"]["pagination"] == {
        "current_page": 1,
        "prev_page": None,
        "next_page": 2,
        "total_pages": 2,
        "total_count": 2,
        "per_page": 1,
    }
    assert await types_at(client, f"/v1/apps/{app.name}/events", per_page=1, page=2) == ["new_app"]
    one = await client.get(f"/v1/apps/{app.name}/events/{event['id']}")
    assert one.json() == {"event": event}


async def test_who_asks_is_told_of_themselves_and_their_apps(
    client: Client, stranger: Client, app: App
) -> None:
    await client.post("/v1/tokens", json={"name": "laptop"})
    assert await types_at(client, "/v1/events") == ["new_token", "new_app"]
    assert await types_at(client, "/v1/events", **{"from": 1}) == ["new_token", "new_app"]
    assert await types_at(stranger, "/v1/events") == []
    await joined(client, stranger, is_limited=True)
    assert await types_at(stranger, "/v1/events") == ["accept_collaborator", "new_collaborator", "new_app"]
    assert len(await types_at(stranger, f"/v1/apps/{app.name}/events")) == 3


async def test_what_one_may_not_see_is_not_there(client: Client, stranger: Client, app: App) -> None:
    (event,) = (await client.get(f"/v1/apps/{app.name}/events")).json()["events"]
    assert (await stranger.get(f"/v1/apps/{app.name}/events")).status_code == 404
    assert (await stranger.get(f"/v1/apps/{app.name}/events/{event['id']}")).status_code == 404
    gone = await client.get(f"/v1/apps/{app.name}/events/{'0' * 24}")
    assert (gone.status_code, gone.json()) == (404, {"resource": "event", "error": "not found"})


@pytest.mark.parametrize("path", ["/v1/event_types", "/v1/event_categories"])
async def test_kinds_are_told_to_anybody(site: ASGIApp, path: str) -> None:
    async with speaking(site, "") as nobody:
        (listed,) = (await nobody.get(path)).json().values()
    assert {"id", "name", "display_name"} <= set(listed[0])
