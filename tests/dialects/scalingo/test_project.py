"""Our records in Scalingo's words, the whole JSON of each."""

import json
import re
from typing import Any

import msgspec
import pytest

from headway.config import Config
from headway.dialects.scalingo import project
from headway.model.accounts import Account
from headway.model.operations import Detail, Phase
from headway.model.projects import Project
from headway.model.sizes import SIZES
from headway.model.stacks import DEFAULT_STACK, STACKS
from headway.model.variables import Variable
from headway.views import apps, containers, deployments
from tests.records import AT, a_container, a_deployment, a_type, an_app, an_operation

WHERE = project.places(Config(), "http://127.0.0.1:8000")
OWNER = Account(1, "admin", "admin@example.com", AT)
FILED = Project(1, 1, "default", True, AT, AT)
SECOND = 1_000_000


def shown(value: Any) -> Any:
    """As the client gets it."""
    return json.loads(msgspec.json.encode(value))


def an_id(n: int) -> str:
    return f"{n:024x}"


def test_an_operation_that_goes_on() -> None:
    assert shown(project.operation(an_operation(), 5)) == {
        "id": an_id(77),
        "app_id": an_id(5),
        "created_at": "2023-11-14T22:13:20.123Z",
        "finished_at": None,
        "status": "pending",
        "type": "scale",
    }


def test_an_operation_that_failed() -> None:
    failed = an_operation(
        type="app.restart",
        phase=Phase.FAILED,
        detail=Detail(code="timeout-error", text="container web-1 failed to restart"),
        finished_at=AT + SECOND,
    )
    assert shown(project.operation(failed, 5)) == {
        "id": an_id(77),
        "app_id": an_id(5),
        "created_at": "2023-11-14T22:13:20.123Z",
        "finished_at": "2023-11-14T22:13:21.123Z",
        "status": "error",
        "type": "restart",
        "error": "container web-1 failed to restart",
    }


def test_there_is_a_word_for_every_phase() -> None:
    assert set(project.STATUS) == set(Phase)


@pytest.mark.parametrize("phase", list(Phase))
def test_an_error_is_told_where_the_status_says_so_and_nowhere_else(phase: Phase) -> None:
    said = shown(project.operation(an_operation(phase=phase, cancel_reason="enough"), 5))
    assert ("error" in said) == (said["status"] == "error")


def test_an_operation_of_a_kind_that_scalingo_does_not_know_is_called_by_its_verb() -> None:
    assert project.operation(an_operation(type="app.rename"), 5).type == "rename"


def test_where_an_operation_is_polled_is_absolute() -> None:
    url = project.operation_url(an_operation(), an_app(), WHERE)
    assert url == f"http://127.0.0.1:8000/v1/apps/hello-world/operations/{an_id(77)}"


def test_an_app() -> None:
    record = an_app(last_deployed_at=AT, last_deployed_by="admin", last_deployment_id=9, release_id=8)
    it = apps.Shown(app=record, owner=OWNER, status="running", parent=None, project=FILED)
    assert shown(project.app(it, WHERE)) == {
        "id": an_id(5),
        "name": "hello-world",
        "created_at": "2023-11-14T22:13:20.123Z",
        "updated_at": "2023-11-14T22:13:20.123Z",
        "git_url": "ssh://git@127.0.0.1:2222/hello-world.git",
        "git_source": None,
        "owner": {"id": an_id(1), "username": "admin", "email": "admin@example.com", "flags": {}},
        "url": "http://hello-world.localhost:8080",
        "base_url": "http://hello-world.localhost:8080",
        "links": {"deployments_stream": "ws://127.0.0.1:8000/v1/apps/hello-world/deployments_stream"},
        "force_https": False,
        "sticky_session": False,
        "router_logs": False,
        "last_deployed_at": "2023-11-14T22:13:20.123Z",
        "last_deployed_by": "admin",
        "last_deployment_id": an_id(9),
        "stack_id": "headway-1",
        "status": "running",
        "region": "local",
        "project": {"id": f"pr-{an_id(1)}", "name": "default"},
        "parent_app_name": None,
        "flags": {},
        "limits": {},
        "data_access_consent": None,
        "hds_resource": False,
        "private_networks_ids": [],
    }


def test_behind_https_streams_are_secure_and_on_port_80_apps_need_no_port() -> None:
    where = project.places(Config(apps="0.0.0.0:80", domain="paas.example.com"), "https://api.example.com")
    one = apps.Shown(app=an_app(), owner=OWNER, status="new", parent="parent", project=FILED)
    it = project.app(one, where)
    assert it.links.deployments_stream == "wss://api.example.com/v1/apps/hello-world/deployments_stream"
    assert (it.url, it.parent_app_name) == ("http://hello-world.paas.example.com", "parent")


@pytest.mark.parametrize(
    ("settings", "origin", "attach"),
    [
        ({}, "http://127.0.0.1:8000", "http://127.0.0.1:5000"),
        ({"attach": "0.0.0.0:5001"}, "https://paas.example.com", "http://paas.example.com:5001"),
        ({"attach": ":5001"}, "http://h:80", "http://h:5001"),
        ({"attach": "[::]:5001"}, "http://[::1]:8000", "http://[::1]:5001"),
        ({"attach": "[::1]:5001"}, "http://h", "http://[::1]:5001"),
        ({"public_attach_url": "https://run.example.com"}, "http://h", "https://run.example.com:443"),
        ({"public_attach_url": "http://run.example.com/"}, "http://h", "http://run.example.com:80"),
        (
            {"public_attach_url": "https://run.example.com:5000/x/"},
            "http://h",
            "https://run.example.com:5000/x",
        ),
    ],
)
def test_one_offs_are_attached_at_an_address_that_always_says_its_port(
    settings: dict[str, str], origin: str, attach: str
) -> None:
    assert project.places(Config(**settings), origin).attach == attach


def test_a_formation() -> None:
    assert shown(project.formation([a_type(amount=0)])) == {
        "containers": [
            {
                "id": an_id(6),
                "app_id": an_id(5),
                "name": "web",
                "amount": 0,
                "size": "M",
                "command": "serve",
            }
        ]
    }


def test_a_container() -> None:
    it = containers.Shown(container=a_container(), state="running", command="serve")
    said = shown(project.container(it, SIZES["M"]))
    assert said.pop("container_size")["human_name"] == "Medium"
    assert said == {
        "id": an_id(11),
        "app_id": an_id(5),
        "type": "web",
        "type_index": 1,
        "label": "web-1",
        "created_at": "2023-11-14T22:13:20.123Z",
        "deleted_at": None,
        "state": "running",
        "size": "M",
        "command": "serve",
    }


def test_there_is_a_word_for_every_state_that_a_runtime_tells() -> None:
    assert set(project.STATE) == {
        "starting",
        "running",
        "waiting",
        "crashed",
        "stopping",
        "ended",
        containers.MISSING,
    }


def test_a_size_is_told_in_whole_bytes() -> None:
    assert shown(project.container_size(SIZES["S"])) == {
        "id": "S",
        "name": "S",
        "human_name": "Small",
        "human_cpu": "Low",
        "memory": 268435456,
        "swap": 268435456,
        "pids_limit": 128,
        "ordinal": 1,
        "hourly_price": 0,
        "thirtydays_price": 0,
        "sku": "headway-s",
        "pricings": [],
    }


DEPLOYMENT = {
    "id": an_id(9),
    "app_id": an_id(5),
    "created_at": "2023-11-14T22:13:20.123Z",
    "finished_at": None,
    "status": "building",
    "git_ref": "v1",
    "previous_git_ref": None,
    "type": "archive",
    "image": f"release-{an_id(8)}",
    "registry": "",
    "duration": 0,
    "postdeploy_hook": None,
    "image_size": 0,
    "stack_base_image": "headway-1",
    "pusher": {"id": an_id(1), "username": "admin", "email": "admin@example.com"},
    "links": {"output": f"http://127.0.0.1:8000/v1/apps/{an_id(5)}/deployments/{an_id(9)}/output"},
}


def test_a_deployment_that_goes_on() -> None:
    it = deployments.Shown(deployment=a_deployment(), status="building")
    assert shown(project.deployment(it, WHERE, "headway-1")) == DEPLOYMENT


def test_a_deployment_that_has_ended_says_how_long_it_took_in_whole_seconds() -> None:
    ended = a_deployment(status="success", finished_at=AT + 2 * SECOND + 1, image_size=7, previous_ref="v0")
    it = deployments.Shown(deployment=ended, status="success")
    assert shown(project.deployment(it, WHERE, "headway-1")) == DEPLOYMENT | {
        "finished_at": "2023-11-14T22:13:22.123Z",
        "status": "success",
        "previous_git_ref": "v0",
        "duration": 2,
        "image_size": 7,
    }


def news(kind: str, text: str = "") -> deployments.News:
    it = deployments.Shown(deployment=a_deployment(), status="building")
    return deployments.News(kind=kind, shown=it, text=text)


def test_frames_of_the_deployments_stream() -> None:
    def frame(it: deployments.News, *, whole: bool = False) -> Any:
        return shown(project.frame(it, WHERE, "headway-1", whole=whole))

    assert frame(news("log", "hi\n")) == {"id": an_id(9), "type": "log", "data": {"content": "hi\n"}}
    assert frame(news("status")) == {"id": an_id(9), "type": "status", "data": {"status": "building"}}
    assert frame(news("new")) == {"id": an_id(9), "type": "new", "data": {"deployment": an_id(9)}}
    assert frame(news("new"), whole=True) == {
        "id": an_id(9),
        "type": "new",
        "data": {"deployment": DEPLOYMENT},
    }
    assert shown(project.ping(7)) == {"type": "ping", "data": {"ts": 7}}


def test_events_of_the_log_stream_name_their_kind_twice() -> None:
    assert shown(project.log_event("log", AT, "line\n")) == {
        "event": "log",
        "name": "log",
        "log": "line\n",
        "timestamp": "2023-11-14T22:13:20.123Z",
    }
    assert "log" not in shown(project.log_event("ping", AT))


@pytest.mark.parametrize(
    ("page", "total", "said"),
    [
        (1, 0, {"current_page": 1, "prev_page": None, "next_page": None, "total_pages": 1, "total_count": 0}),
        (1, 21, {"current_page": 1, "prev_page": None, "next_page": 2, "total_pages": 2, "total_count": 21}),
        (2, 40, {"current_page": 2, "prev_page": 1, "next_page": None, "total_pages": 2, "total_count": 40}),
    ],
)
def test_which_page_it_is_of_how_many(page: int, total: int, said: dict[str, Any]) -> None:
    assert shown(project.pagination(page, 20, total)) == {"pagination": said | {"per_page": 20}}


def test_a_source() -> None:
    assert shown(project.source("up", "down", WHERE)) == {
        "source": {
            "upload_url": "http://127.0.0.1:8000/v1/sources/upload?token=up",
            "download_url": "http://127.0.0.1:8000/v1/sources/download?token=down",
        }
    }


def test_a_variable() -> None:
    assert shown(project.variable(Variable(3, 5, "A", "x"))) == {"id": an_id(3), "name": "A", "value": "x"}


def test_the_region_is_reached_by_a_host_with_a_dot_because_clients_crash_without() -> None:
    where = project.places(Config(), "http://localhost:8000")
    (region,) = shown(project.region(where))["regions"]
    assert region == {
        "name": "local",
        "display_name": "Local",
        "ssh": "127.0.0.1:2222",
        "api": "http://127.0.0.1:8000",
        "dashboard": "http://localhost:8000",
        "database_api": "http://localhost:8000",
        "default": True,
    }


def test_a_stack_is_deprecated_on_a_plain_date_or_never() -> None:
    said = shown(project.stack(STACKS[DEFAULT_STACK], DEFAULT_STACK))
    assert (said["default"], said["deprecated_at"]) == (True, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\.000Z", said["created_at"])
