"""The limits of free use over HTTP: what is beyond them is 402 with where to pay, and nothing of it is done."""

from typing import Any

import httpx2
import pytest

from headway.domain.accounts.define_payment import define_payment
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor

Client = httpx2.AsyncClient
FREE_WEB = {"name": "web", "amount": 1, "size": "M"}


@pytest.fixture(autouse=True)
async def free(world: World, running_app: App) -> None:
    """Whose app it is has no payment method."""
    by = Actor(account_id=running_app.owner_id)
    await define_payment(world, running_app.owner_id, by, defined=False)


def refused(reply: httpx2.Response) -> dict[str, Any]:
    """What the Go client reads of a 402."""
    assert reply.status_code == 402, reply.text
    said = reply.json()
    assert set(said) >= {"error", "name", "url"}
    return said


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": "web", "amount": 2},
        {"name": "web", "amount": 1, "size": "L"},
        {"name": "worker", "amount": 1},
    ],
    ids=lambda it: "-".join(map(str, it.values())),
)
async def test_one_small_or_medium_web_container_is_free_and_no_more(
    client: Client, running_app: App, wanted: dict[str, Any]
) -> None:
    before = (await client.get(f"/v1/apps/{running_app.name}/containers")).json()
    refused(await client.post(f"/v1/apps/{running_app.name}/scale", json={"containers": [wanted]}))
    assert (await client.get(f"/v1/apps/{running_app.name}/containers")).json() == before
    allowed = {"containers": [FREE_WEB]}
    assert (await client.post(f"/v1/apps/{running_app.name}/scale", json=allowed)).status_code == 202


async def test_one_off_containers_of_small_sizes_are_free(client: Client, running_app: App) -> None:
    path = f"/v1/apps/{running_app.name}/run"
    refused(await client.post(path, json={"command": "true", "size": "L", "detached": True}))
    reply = await client.post(path, json={"command": "true", "size": "S", "detached": True})
    assert reply.status_code == 200


@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_one_app_is_free_and_a_second_one_is_not(client: Client, dry_run: str) -> None:
    headers = {"X-Dry-Run": dry_run}
    refused(await client.post("/v1/apps", json={"app": {"name": "second-app"}}, headers=headers))
    assert len((await client.get("/v1/apps")).json()["apps"]) == 1


async def test_a_child_is_an_app_too(client: Client, running_app: App) -> None:
    path = f"/v1/apps/{running_app.name}/child_apps"
    refused(await client.post(path, json={"app": {"name": "child-app"}}))


async def test_whoever_defines_a_payment_method_is_held_to_nothing(
    client: Client, world: World, running_app: App
) -> None:
    by = Actor(account_id=running_app.owner_id)
    await define_payment(world, running_app.owner_id, by, defined=True)
    more = {"containers": [FREE_WEB | {"amount": 2}, {"name": "worker", "amount": 1}]}
    assert (await client.post(f"/v1/apps/{running_app.name}/scale", json=more)).status_code == 202
