"""What happened, in Scalingo's words."""

from typing import Any

import msgspec
import pytest

from headway.dialects.scalingo import project_events as project
from headway.model.accounts import Account
from headway.model.operations import Actor, Event
from headway.model.projects import Project
from headway.views.events import Told
from tests.dialects.scalingo.test_project import an_id, shown
from tests.records import AT, an_app

ADMIN = Account(1, "admin", "admin@example.com", AT)
CARLA = Account(2, "carla", "carla@example.com", AT)
WHO = {"id": an_id(1), "username": "admin", "email": "admin@example.com"}
FILED = Project(4, 1, "shop", True, AT, AT)


def told(name: str, /, **data: Any) -> Told:
    """Something that the admin did to hello-world."""
    event = Event(seq=7, at=AT, name=name, operation=None, target="app:5", by=Actor(account_id=1), data=data)
    return Told(
        event=event, user=ADMIN, app=an_app(), project=FILED, limited=False, people={1: ADMIN, 2: CARLA}
    )


def test_an_event_is_told_whole() -> None:
    assert shown(project.event(told("app.renamed", before="old-name", after="hello-world"))) == {
        "id": an_id(7),
        "created_at": "2023-11-14T22:13:20.123Z",
        "user": WHO,
        "app_id": an_id(5),
        "app_name": "hello-world",
        "project_id": f"pr-{an_id(4)}",
        "project_name": "shop",
        "type": "rename_app",
        "type_data": {"old_name": "old-name", "new_name": "hello-world"},
    }


def test_an_app_that_is_gone_is_called_as_it_was() -> None:
    it = msgspec.structs.replace(
        told("app.deleted", app=an_id(5), name="hello-world"), app=None, project=None
    )
    event = project.event(it)
    assert (event.type, event.app_id, event.app_name) == ("delete_app", an_id(5), "hello-world")
    assert (event.project_id, event.project_name) == ("", "")


def test_what_the_platform_did_has_a_name_and_no_address() -> None:
    event = project.event(msgspec.structs.replace(told("app.one_off_ended", label="one-off-1"), user=None))
    assert (event.user.id, event.user.username, event.user.email) == ("", "headway", "")


VARIABLE = {"name": "A", "value": ""}


@pytest.mark.parametrize(
    ("name", "data", "type", "type_data"),
    [
        ("app.created", {"name": "x", "git_source": None}, "new_app", {"name": "x", "git_source": None}),
        ("app.configured", {"force_https": True}, "edit_app", {"force_https": True}),
        (
            "app.configured",
            {"stack": "s-2"},
            "stack_changed",
            {"current_stack_id": "s-2", "current_stack_name": "s-2"},
        ),
        (
            "app.transferred",
            {"before": 1, "after": 2},
            "transfer_app",
            {
                "old_owner": WHO,
                "new_owner": {"id": an_id(2), "username": "carla", "email": "carla@example.com"},
            },
        ),
        ("app.transferred", {"before": 1, "after": 9}, "transfer_app", {"old_owner": WHO, "new_owner": None}),
        (
            "app.filed",
            {"before": 1, "after": 4, "name": "shop"},
            "update_app_project",
            {"old_project_id": f"pr-{an_id(1)}", "project_id": f"pr-{an_id(4)}", "project_name": "shop"},
        ),
        (
            "app.restarted",
            {"scope": []},
            "restart",
            {"scope": None, "addon_name": "", "reason": "user_restart"},
        ),
        (
            "app.scaled",
            {"before": {"web": "1:M"}, "containers": {"web": "2:M"}},
            "scale",
            {"previous_containers": {"web": "1:M"}, "containers": {"web": "2:M"}},
        ),
        ("app.scaled", {"web": "2:M"}, "scale", {"previous_containers": {}, "containers": {"web": "2:M"}}),
        ("variables.set", {"names": ["A"], "new": ["A"]}, "new_variable", VARIABLE),
        ("variables.set", {"names": ["A"], "new": []}, "edit_variable", VARIABLE),
        ("variables.deleted", {"names": ["A"]}, "delete_variable", VARIABLE),
        (
            "variables.set",
            {"names": ["A", "B"], "new": ["B"]},
            "edit_variables",
            {"new_vars": [{"name": "B", "value": ""}], "updated_vars": [VARIABLE], "deleted_vars": []},
        ),
        (
            "variables.deleted",
            {"names": ["A", "B"]},
            "edit_variables",
            {"new_vars": [], "updated_vars": [], "deleted_vars": [VARIABLE, {"name": "B", "value": ""}]},
        ),
        (
            "domain.edited",
            {"domain": 3, "name": "x.example.com", "ssl": True, "old_ssl": False},
            "edit_domain",
            {"hostname": "x.example.com", "ssl": True, "old_ssl": False},
        ),
        (
            "key.added",
            {"name": "k", "fingerprint": "SHA256:a"},
            "new_key",
            {"name": "k", "fingerprint": "SHA256:a"},
        ),
        (
            "project.updated",
            {"project": 4, "before": "shop", "after": "stall", "default": True},
            "edit_project",
            {"id": f"pr-{an_id(4)}", "name": "stall", "old_name": "shop"},
        ),
        ("app.something_new", {"a": 1}, "app_something_new", {"a": 1}),
    ],
)
def test_each_has_its_type_and_what_clients_read_of_it(
    name: str, data: dict[str, Any], type: str, type_data: dict[str, Any]
) -> None:
    event = shown(project.event(told(name, **data)))
    assert (event["type"], event["type_data"]) == (type, type_data)


def test_a_deployment_says_how_it_ended_and_how_long_it_took() -> None:
    it = told(
        "app.deployment_failed", deployment=an_id(9), ref="v1", status="build-error", seconds=12, text="no"
    )
    data = project.event(it).type_data
    assert (data["deployment_id"], data["status"], data["duration"]) == (an_id(9), "build-error", 12)
    assert (data["pusher"], data["git_ref"], data["finished_at"]) == (
        "admin",
        "v1",
        "2023-11-14T22:13:20.123Z",
    )


def test_a_collaborator_is_told_with_who_invited() -> None:
    data = project.event(told("collaborator.invited", collaborator=3, email="x@example.com", is_limited=True))
    assert data.type_data["collaborator"]["email"] == "x@example.com"
    assert shown(data)["type_data"]["collaborator"]["inviter"] == WHO


def test_who_is_limited_does_not_read_commands() -> None:
    it = told("app.one_off_started", label="one-off-1", command="psql secret", detached=True, size="M")
    assert project.event(it).type_data["command"] == "psql secret"
    limited = msgspec.structs.replace(it, limited=True)
    assert project.event(limited).type_data["command"] == ""


def test_kinds_and_categories_are_listed() -> None:
    kinds, categories = project.event_types(), project.event_categories()
    assert {it.category_id for it in kinds} == {it.id for it in categories}
    assert [it.position for it in categories] == list(range(len(categories)))
    (scale,) = [it for it in kinds if it.name == "scale"]
    assert (scale.display_name, scale.description) == ("Scale", "Containers were scaled")
