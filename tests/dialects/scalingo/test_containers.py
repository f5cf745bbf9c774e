"""The formation, what runs, scale and restart, over HTTP."""

from typing import Any

import httpx2
import pytest

from headway.domain.accounts.define_payment import define_payment
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Actor
from headway.runtimes.port import Status
from tests.ready_made import Told
from tests.records import a_container

Client = httpx2.AsyncClient
FREE_WEB = {"name": "web", "amount": 1, "size": "M"}


async def test_the_formation_lists_every_type_also_those_with_no_container(
    client: Client, running_app: App
) -> None:
    types = (await client.get(f"/v1/apps/{running_app.name}/containers")).json()["containers"]
    assert [(one["name"], one["amount"], one["size"], one["command"]) for one in types] == [
        ("web", 1, "M", "serve"),
        ("worker", 0, "M", "serve"),
    ]


async def test_what_runs_is_shown_with_its_label_and_when_it_was_made(
    client: Client, world: World, running_app: App
) -> None:
    assert isinstance(world.runtime, Told)
    world.runtime.statuses = [
        Status(
            id=show(a_container().id),
            app_id=show(running_app.id),
            label="web-1",
            state="running",
            address=None,
            started_at=None,
            crashes=0,
            exit_code=None,
        )
    ]
    (one,) = (await client.get(f"/v1/apps/{running_app.name}/ps")).json()["containers"]
    assert (one["label"], one["state"], one["container_size"]["name"]) == ("web-1", "running", "M")
    assert one["created_at"]
    assert (await client.get(f"/v1/apps/{running_app.name}")).json()["app"]["status"] == "running"


async def test_a_scale_is_accepted_with_the_whole_formation_and_where_to_follow_it(
    client: Client, running_app: App
) -> None:
    # What the Go client sends, zero values included.
    wanted = {"app_id": "", "name": "web", "amount": 2, "command": "", "size": ""}
    reply = await client.post(f"/v1/apps/{running_app.name}/scale", json={"containers": [wanted]})
    assert reply.status_code == 202
    types = reply.json()["containers"]
    assert [(one["name"], one["amount"], one["size"]) for one in types] == [
        ("web", 2, "M"),
        ("worker", 0, "M"),
    ]
    operation = (await client.get(reply.headers["location"])).json()["operation"]
    assert (operation["type"], operation["status"]) == ("scale", "pending")
    assert (await client.get(f"/v1/apps/{running_app.name}")).json()["app"]["status"] == "scaling"


async def test_while_one_operation_goes_on_another_is_refused_with_its_holder(
    client: Client, running_app: App
) -> None:
    wanted = {"containers": [{"name": "web", "amount": 2}]}
    first = await client.post(f"/v1/apps/{running_app.name}/scale", json=wanted)
    for reply in (
        await client.post(f"/v1/apps/{running_app.name}/scale", json=wanted),
        await client.post(f"/v1/apps/{running_app.name}/restart", json={"scope": None}),
    ):
        assert reply.status_code == 409
        assert reply.json()["operation"] == first.headers["location"].rpartition("/")[2]


async def test_the_same_request_with_the_same_key_is_the_same_operation(
    client: Client, running_app: App
) -> None:
    wanted, key = {"containers": [{"name": "web", "amount": 2}]}, {"idempotency-key": "abc"}
    url = f"/v1/apps/{running_app.name}/scale"
    first = await client.post(url, json=wanted, headers=key)
    again = await client.post(url, json=wanted, headers=key)
    assert again.headers["location"] == first.headers["location"]
    other = await client.post(url, json={"containers": [{"name": "web", "amount": 3}]}, headers=key)
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, {"containers": ["missing field"]}),
        ({"containers": [{"name": "web", "amount": -1}]}, 422, {"amount": ["should be between 0 and 10"]}),
        ({"containers": [{"name": "web", "amount": 11}]}, 422, {"amount": ["should be between 0 and 10"]}),
        (
            {"containers": [{"name": "web", "amount": 1.5}]},
            422,
            {"amount": ["Expected `int | null`, got `float`"]},
        ),
        (
            {"containers": [{"name": "web", "size": "huge"}]},
            422,
            {"size": ["is unknown, it should be one of S, M, L, XL, 2XL"]},
        ),
        ({"containers": [{"name": "clock", "amount": 1}]}, 404, None),
    ],
)
async def test_a_wrong_scale_is_refused(
    client: Client, running_app: App, body: dict[str, Any], status: int, said: dict[str, list[str]] | None
) -> None:
    reply = await client.post(f"/v1/apps/{running_app.name}/scale", json=body)
    assert (reply.status_code, reply.json().get("errors")) == (status, said)
    if status == 404:
        assert reply.json()["resource"] == "container_type"


@pytest.mark.parametrize(
    "body", [{}, {"scope": None}, {"scope": []}, {"scope": ["web"]}, {"scope": ["web-1", "worker"]}]
)
async def test_a_restart_is_accepted_with_an_empty_body_and_where_to_follow_it(
    client: Client, running_app: App, body: dict[str, Any]
) -> None:
    reply = await client.post(f"/v1/apps/{running_app.name}/restart", json=body)
    assert (reply.status_code, reply.content) == (202, b"")
    assert (await client.get(reply.headers["location"])).json()["operation"]["type"] == "restart"


async def test_a_restart_without_any_body_means_everything(client: Client, running_app: App) -> None:
    assert (await client.post(f"/v1/apps/{running_app.name}/restart")).status_code == 202


async def test_a_restart_of_what_is_not_there_is_refused(client: Client, running_app: App) -> None:
    reply = await client.post(f"/v1/apps/{running_app.name}/restart", json={"scope": ["clock"]})
    assert (reply.status_code, reply.json()["resource"]) == (404, "container_type")


async def test_an_app_that_never_ran_cannot_be_restarted(client: Client, app: App) -> None:
    reply = await client.post(f"/v1/apps/{app.name}/restart", json={})
    assert (reply.status_code, list(reply.json())) == (409, ["error"])


async def test_there_are_no_autoscalers_but_one_may_ask(client: Client, app: App) -> None:
    assert (await client.get(f"/v1/apps/{app.name}/autoscalers")).json() == {"autoscalers": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "ps"), ("GET", "containers"), ("GET", "autoscalers"), ("POST", "scale"), ("POST", "restart")],
)
async def test_nothing_of_a_strangers_app_is_there(
    stranger: Client, running_app: App, method: str, path: str
) -> None:
    reply = await stranger.request(method, f"/v1/apps/{running_app.name}/{path}", json={"containers": []})
    assert (reply.status_code, reply.json()["resource"]) == (404, "app")


@pytest.fixture
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


@pytest.mark.usefixtures("free")
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


@pytest.mark.usefixtures("free")
async def test_one_off_containers_of_small_sizes_are_free(client: Client, running_app: App) -> None:
    path = f"/v1/apps/{running_app.name}/run"
    refused(await client.post(path, json={"command": "true", "size": "L", "detached": True}))
    reply = await client.post(path, json={"command": "true", "size": "S", "detached": True})
    assert reply.status_code == 200


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_one_app_is_free_and_a_second_one_is_not(client: Client, dry_run: str) -> None:
    headers = {"X-Dry-Run": dry_run}
    refused(await client.post("/v1/apps", json={"app": {"name": "second-app"}}, headers=headers))
    assert len((await client.get("/v1/apps")).json()["apps"]) == 1


@pytest.mark.usefixtures("free")
async def test_a_child_is_an_app_too(client: Client, running_app: App) -> None:
    path = f"/v1/apps/{running_app.name}/child_apps"
    refused(await client.post(path, json={"app": {"name": "child-app"}}))


@pytest.mark.usefixtures("free")
async def test_whoever_defines_a_payment_method_is_held_to_nothing(
    client: Client, world: World, running_app: App
) -> None:
    by = Actor(account_id=running_app.owner_id)
    await define_payment(world, running_app.owner_id, by, defined=True)
    more = {"containers": [FREE_WEB | {"amount": 2}, {"name": "worker", "amount": 1}]}
    assert (await client.post(f"/v1/apps/{running_app.name}/scale", json=more)).status_code == 202
