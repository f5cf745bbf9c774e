"""Operations over HTTP."""

import httpx2
import pytest

from headway.domain.apps.create import create
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Actor

Client = httpx2.AsyncClient


@pytest.fixture
async def location(client: Client, running_app: App) -> str:
    reply = await client.post(f"/v1/apps/{running_app.name}/restart", json={})
    return reply.headers["location"]


async def test_an_operation_is_there_as_soon_as_it_is_accepted(
    client: Client, location: str, running_app: App
) -> None:
    operation = (await client.get(location)).json()["operation"]
    assert operation.pop("created_at")
    assert operation == {
        "id": location.rpartition("/")[2],
        "app_id": show(running_app.id),
        "finished_at": None,
        "status": "pending",
        "type": "restart",
    }


async def test_it_is_found_under_the_name_and_under_the_id_of_the_app(
    client: Client, location: str, running_app: App
) -> None:
    by_id = location.replace(running_app.name, show(running_app.id))
    assert (await client.get(by_id)).json() == (await client.get(location)).json()


@pytest.mark.parametrize("shown", ["0" * 24, "no-id", "%2e%2e"])
async def test_what_is_no_operation_is_not_there(client: Client, running_app: App, shown: str) -> None:
    reply = await client.get(f"/v1/apps/{running_app.name}/operations/{shown}")
    assert (reply.status_code, reply.json()) == (404, {"resource": "operation", "error": "not found"})


async def test_an_operation_of_another_app_is_not_there(
    client: Client, world: World, by: Actor, location: str, running_app: App
) -> None:
    await create(world, "another-app", by)
    reply = await client.get(location.replace(running_app.name, "another-app"))
    assert (reply.status_code, reply.json()) == (404, {"resource": "operation", "error": "not found"})


async def test_a_strangers_operation_is_not_there(stranger: Client, location: str) -> None:
    assert (await stranger.get(location)).status_code == 404
