"""What happened, in Scalingo's words: pure, an event in, a wire shape out."""

from collections.abc import Callable
from typing import Any

from headway import ids
from headway.dialects.scalingo.event_types import CATEGORIES, KINDS, TYPES
from headway.dialects.scalingo.project import date
from headway.dialects.scalingo.project_accounts import project_id
from headway.dialects.scalingo.wire import events as wire
from headway.model.accounts import Account
from headway.views.events import Told

Data = dict[str, Any]


def event(it: Told) -> wire.Event:
    """One event."""
    type, data = _told(it)
    return wire.Event(
        id=ids.show(it.event.seq),
        created_at=date(it.event.at),
        user=_user(it),
        app_id=ids.show(it.app.id) if it.app else str(it.event.data.get("app", "")),
        app_name=it.app.name if it.app else _gone(it),
        project_id=project_id(it.project.id) if it.project else "",
        project_name=it.project.name if it.project else "",
        type=type,
        type_data=data,
    )


def event_types() -> list[wire.EventType]:
    """Every kind of event."""
    return [
        wire.EventType(
            id=name,
            category_id=kind.category,
            name=name,
            display_name=name.replace("_", " ").capitalize(),
            description=kind.text,
            template=kind.text,
        )
        for name, kind in KINDS.items()
    ]


def event_categories() -> list[wire.EventCategory]:
    """Every category, in its place."""
    return [
        wire.EventCategory(id=name, name=name, display_name=shown, position=place)
        for place, (name, shown) in enumerate(CATEGORIES.items())
    ]


def _told(it: Told) -> tuple[str, Data]:
    name, data = it.event.name, it.event.data
    if name in {"variables.set", "variables.deleted"}:
        return _variables(it)
    if name == "app.configured" and "stack" in data:
        return "stack_changed", {"current_stack_id": data["stack"], "current_stack_name": data["stack"]}
    type = TYPES.get(name, name.replace(".", "_"))
    return type, _DATA.get(type, _plain)(it)


def _user(it: Told) -> wire.EventUser:
    if it.user is None:
        return wire.EventUser(id="", username=it.event.by.name, email="")
    return _person(it.user)


def _person(it: Account) -> wire.EventUser:
    return wire.EventUser(id=ids.show(it.id), username=it.name, email=it.email)


def _gone(it: Told) -> str:
    return str(it.event.data.get("name", "")) if it.event.name == "app.deleted" else ""


def _plain(it: Told) -> Data:
    return it.event.data


def _variables(it: Told) -> tuple[str, Data]:
    """Values are kept in no event, so they are empty here."""
    names, new = it.event.data["names"], it.event.data.get("new", [])
    deleted = it.event.name == "variables.deleted"
    if len(names) == 1:
        verb = "delete" if deleted else "new" if names[0] in new else "edit"
        return f"{verb}_variable", _named(names)[0]
    return "edit_variables", {
        "new_vars": _named([name for name in names if name in new]),
        "updated_vars": [] if deleted else _named([name for name in names if name not in new]),
        "deleted_vars": _named(names) if deleted else [],
    }


def _named(names: list[str]) -> list[Data]:
    return [{"name": name, "value": ""} for name in names]


def _rename(it: Told) -> Data:
    return {"old_name": it.event.data["before"], "new_name": it.event.data["after"]}


def _transfer(it: Told) -> Data:
    people = [it.people.get(it.event.data[place]) for place in ("before", "after")]
    old, new = (None if one is None else _person(one) for one in people)
    return {"old_owner": old, "new_owner": new}


def _filed(it: Told) -> Data:
    data = it.event.data
    return {
        "old_project_id": project_id(data["before"]),
        "project_id": project_id(data["after"]),
        "project_name": data["name"],
    }


def _restart(it: Told) -> Data:
    return {"scope": it.event.data["scope"] or None, "addon_name": "", "reason": "user_restart"}


def _scale(it: Told) -> Data:
    data = it.event.data
    # Events of the first releases hold what is now, and nothing else.
    return {
        "previous_containers": data.get("before", {}),
        "containers": data.get("containers", data),
    }


def _deployment(it: Told) -> Data:
    data, user = it.event.data, it.user
    id = data.get("deployment", "")
    return {
        "deployment_id": id,
        "deployment_uuid": id,
        "deployment_type": "archive",
        "pusher": it.event.by.name if user is None else user.name,
        "git_ref": data.get("ref", ""),
        "status": data.get("status", "success"),
        "duration": data.get("seconds", 0),
        "finished_at": date(it.event.at),
        "stack": it.app.stack if it.app else "",
    }


def _run(it: Told) -> Data:
    data = it.event.data
    return {
        # A command may hold secrets, and a limited collaborator learns none.
        "command": "" if it.limited else data["command"],
        "detached": data["detached"],
        "container_label": data["label"],
        "size": data["size"],
        "audit_log_id": "",
    }


def _domain(it: Told) -> Data:
    data = it.event.data
    return {
        "hostname": data.get("name", ""),
        "ssl": bool(data.get("ssl")),
        "old_ssl": bool(data.get("old_ssl")),
    }


def _collaborator(it: Told) -> Data:
    data = it.event.data
    return {
        "collaborator": {
            "id": ids.show(data["collaborator"]),
            "email": data.get("email", ""),
            "username": "",
            "is_limited": data.get("is_limited", False),
            "inviter": _user(it),
        }
    }


def _project(it: Told) -> Data:
    data = it.event.data
    name = data.get("after", data.get("name", ""))
    return {"id": project_id(data["project"]), "name": name, "old_name": data.get("before", name)}


_DATA: dict[str, Callable[[Told], Data]] = {
    "rename_app": _rename,
    "transfer_app": _transfer,
    "update_app_project": _filed,
    "restart": _restart,
    "scale": _scale,
    "deployment": _deployment,
    "run": _run,
    "new_domain": _domain,
    "edit_domain": _domain,
    "delete_domain": _domain,
    "new_collaborator": _collaborator,
    "accept_collaborator": _collaborator,
    "change_collaborator_role": _collaborator,
    "delete_collaborator": _collaborator,
    "new_project": _project,
    "edit_project": _project,
    "delete_project": _project,
}
"""What stands in `type_data`; of any other kind, what our event holds."""
