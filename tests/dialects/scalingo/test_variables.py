"""Variables over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.model.apps import App

Client = httpx2.AsyncClient


@pytest.fixture
def url(app: App) -> str:
    return f"/v1/apps/{app.name}/variables"


async def listed(client: Client, url: str, query: str = "") -> dict[str, str]:
    found = (await client.get(f"{url}{query}")).json()["variables"]
    return {one["name"]: one["value"] for one in found}


async def test_one_is_set_and_set_again(client: Client, url: str) -> None:
    first = await client.post(url, json={"variable": {"name": "A", "value": "1"}})
    assert (first.status_code, first.json()["variable"]["value"]) == (201, "1")
    again = await client.post(url, json={"variable": {"name": "A", "value": "2"}})
    assert again.json()["variable"]["id"] == first.json()["variable"]["id"]
    assert await listed(client, url) == {"A": "2"}


async def test_many_are_set_by_their_names_whatever_id_comes_along(client: Client, url: str) -> None:
    await client.post(url, json={"variable": {"name": "A", "value": "1"}})
    wanted = [{"id": "", "name": "A", "value": "2"}, {"id": "", "name": "B", "value": "3"}]
    reply = await client.put(url, json={"variables": wanted})
    assert (reply.status_code, len(reply.json()["variables"])) == (200, 2)
    assert await listed(client, url) == {"A": "2", "B": "3"}


async def test_aliases_are_shown_raw_unless_they_are_to_be_followed(client: Client, url: str) -> None:
    wanted = [{"name": "A", "value": "$B"}, {"name": "B", "value": "x"}]
    await client.put(url, json={"variables": wanted})
    assert await listed(client, url) == {"A": "$B", "B": "x"}
    assert await listed(client, url, "?aliases=true") == {"A": "$B", "B": "x"}
    assert await listed(client, url, "?aliases=false") == {"A": "x", "B": "x"}


async def test_one_is_updated_and_deleted_by_its_id(client: Client, url: str) -> None:
    made = (await client.post(url, json={"variable": {"name": "A", "value": "1"}})).json()["variable"]
    updated = await client.patch(f"{url}/{made['id']}", json={"variable": {"value": "2"}})
    assert (updated.status_code, updated.json()) == (200, {"variable": made | {"value": "2"}})
    assert (await client.delete(f"{url}/{made['id']}")).status_code == 204
    gone = await client.delete(f"{url}/{made['id']}")
    assert (gone.status_code, gone.json()) == (404, {"resource": "variable", "error": "not found"})


async def test_many_are_deleted_by_their_ids(client: Client, url: str) -> None:
    wanted = [{"name": name, "value": "x"} for name in ("A", "B", "C")]
    made = (await client.put(url, json={"variables": wanted})).json()["variables"]
    ids = [one["id"] for one in made[:2]]
    assert (await client.request("DELETE", url, json={"variable_ids": ids})).status_code == 204
    assert await listed(client, url) == {"C": "x"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "variable"),
        ({"variable": {"name": "A"}}, "value"),
        ({"variable": {"name": "A", "value": 5}}, "value"),
        ({"variable": {"name": "A-B", "value": "x"}}, "name"),
        ({"variable": {"name": "A", "value": "x" * 32_769}}, "value"),
    ],
)
async def test_a_wrong_variable_is_refused_by_field(
    client: Client, url: str, body: dict[str, Any], field: str
) -> None:
    reply = await client.post(url, json=body)
    assert (reply.status_code, list(reply.json()["errors"])) == (422, [field])


async def test_a_strangers_variables_are_not_there(stranger: Client, url: str) -> None:
    assert (await stranger.get(url)).json()["resource"] == "app"
