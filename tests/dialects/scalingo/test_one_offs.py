"""One-offs over HTTP: begun, followed, listed, stopped, signalled."""

from typing import Any

import httpx2
import pytest

from headway.domain.world import World
from headway.model.apps import App

Client = httpx2.AsyncClient
ASKED = {
    "command": "sh -c exit 42",
    "detached": False,
    "env": {"CLIENT_OS": "linux", "TERM": "xterm", "FOO": "bar"},
    "has_uploads": False,
    "size": "M",
}
"""What the CLI sends."""


async def test_the_reply_holds_what_the_documents_of_any_year_promise(
    client: Client, world: World, running_app: App
) -> None:
    reply = await client.post(f"/v1/apps/{running_app.name}/run", json=ASKED)
    said = reply.json()
    assert reply.status_code == 200
    assert said["operation_url"] == reply.headers["location"]
    assert said["operation_url"].endswith(f"/operations/{said['operation']}")
    it = said["container"]
    assert (it["type"], it["type_index"], it["label"], it["state"]) == ("one-off", 1, "one-off-1", "booting")
    assert (it["memory"], it["size"], it["command"]) == (512 << 20, "M", "sh -c exit 42")
    assert (it["app"]["name"], it["app_id"]) == (running_app.name, it["app"]["id"])
    assert it["created_at"]
    assert it["container_size"]["human_name"] == "Medium"
    base, _, secret = said["attach_url"].rpartition("/")
    assert (base, len(secret), secret[:24]) == ("http://127.0.0.1:5000", 64, it["id"])


async def test_its_operation_tells_where_to_attach(client: Client, running_app: App) -> None:
    said = (await client.post(f"/v1/apps/{running_app.name}/run", json=ASKED)).json()
    operation = (await client.get(said["operation_url"])).json()["operation"]
    assert operation["type"] == "start-one-off"
    assert operation["start_one_off_data"] == {
        "attach_url": said["attach_url"],
        "container_id": said["container"]["id"],
    }
    assert "FOO" not in str(operation)


async def test_a_detached_one_is_attached_nowhere(client: Client, running_app: App) -> None:
    said = (await client.post(f"/v1/apps/{running_app.name}/run", json={**ASKED, "detached": True})).json()
    assert "attach_url" not in said
    operation = (await client.get(said["operation_url"])).json()["operation"]
    assert operation["start_one_off_data"]["attach_url"] is None


async def test_zero_values_mean_nothing(client: Client, running_app: App) -> None:
    bare = {"command": "ls", "env": None, "size": "", "type": "", "detached": None}
    said = (await client.post(f"/v1/apps/{running_app.name}/run", json=bare)).json()
    assert said["container"]["size"] == "M"


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({}, 422, "command"),
        ({"command": ""}, 422, "command"),
        ({"command": ["ls"]}, 422, "command"),
        ({"command": "ls", "size": "huge"}, 422, "size"),
        ({"command": "ls", "env": {"A": 1}}, 422, None),
        ({"command": "ls", "env": {"A B": "1"}}, 422, "env"),
        ({"type": "clock"}, 404, None),
    ],
)
async def test_a_wrong_one_is_refused(
    client: Client, running_app: App, asked: dict[str, Any], status: int, field: str | None
) -> None:
    reply = await client.post(f"/v1/apps/{running_app.name}/run", json=asked)
    assert reply.status_code == status
    assert field is None or set(reply.json()["errors"]) == {field}


async def test_an_app_that_was_never_deployed_runs_nothing(client: Client, app: App) -> None:
    assert (await client.post(f"/v1/apps/{app.name}/run", json=ASKED)).status_code == 409


async def test_one_more_than_ten_is_refused(client: Client, running_app: App) -> None:
    statuses = [
        (await client.post(f"/v1/apps/{running_app.name}/run", json=ASKED)).status_code for _ in range(11)
    ]
    assert statuses == [200] * 10 + [422]


async def test_it_is_listed_and_can_be_stopped_by_id_or_label(client: Client, running_app: App) -> None:
    said = (await client.post(f"/v1/apps/{running_app.name}/run", json=ASKED)).json()
    listed = (await client.get(f"/v1/apps/{running_app.name}/ps")).json()["containers"]
    assert [(one["label"], one["type"]) for one in listed] == [("web-1", "web"), ("one-off-1", "one-off")]
    for name in (said["container"]["id"], "one-off-1"):
        reply = await client.post(f"/v1/apps/{running_app.name}/containers/{name}/stop")
        assert (reply.status_code, reply.content) == (202, b"")
        operation = (await client.get(reply.headers["location"])).json()["operation"]
        assert operation["type"] == "stop-one-off"


async def test_only_a_one_off_is_stopped(client: Client, running_app: App) -> None:
    for name, status in (("web-1", 422), ("nothing", 404)):
        reply = await client.post(f"/v1/apps/{running_app.name}/containers/{name}/stop", json={})
        assert reply.status_code == status
    assert reply.json()["resource"] == "container"


async def test_other_signals_are_refused(client: Client, running_app: App) -> None:
    url = f"/v1/apps/{running_app.name}/containers/web-1/kill"
    for body, status in (({"signal": "SIGKILL"}, 422), ({}, 422), ({"signal": 10}, 422)):
        reply = await client.post(url, json=body)
        assert (reply.status_code, set(reply.json()["errors"])) == (status, {"signal"})


@pytest.mark.parametrize("path", ["run", "containers/one-off-1/stop", "containers/one-off-1/kill"])
async def test_to_a_stranger_nothing_is_there(stranger: Client, running_app: App, path: str) -> None:
    body = {"command": "ls", "signal": "SIGUSR1"}
    reply = await stranger.post(f"/v1/apps/{running_app.name}/{path}", json=body)
    assert (reply.status_code, reply.json()["resource"]) == (404, "app")
