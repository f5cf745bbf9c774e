"""Apps on the wire."""

from typing import Any

import msgspec

from headway.dialects.scalingo.wire.deployments import Meta


class Owner(msgspec.Struct, kw_only=True):
    """Whose an app is."""

    id: str
    username: str
    email: str
    flags: dict[str, bool] = {}


class Links(msgspec.Struct, kw_only=True):
    """Where else to look. Clients crash where it is missing."""

    deployments_stream: str


class Project(msgspec.Struct, kw_only=True):
    """What an app is filed under."""

    id: str
    name: str


class App(msgspec.Struct, kw_only=True):
    """One app."""

    id: str
    name: str
    created_at: str
    updated_at: str
    git_url: str
    git_source: str | None
    owner: Owner
    url: str
    base_url: str
    links: Links
    force_https: bool
    sticky_session: bool
    router_logs: bool
    last_deployed_at: str | None
    last_deployed_by: str | None
    last_deployment_id: str | None
    stack_id: str
    status: str
    region: str
    project: Project
    parent_app_name: str | None
    flags: dict[str, bool] = {}
    limits: dict[str, Any] = {}
    data_access_consent: None = None
    hds_resource: bool = False
    private_networks_ids: list[str] = []


class AppReply(msgspec.Struct):
    """One app, under its name."""

    app: App


class AppsReply(msgspec.Struct):
    """Apps, under their name."""

    apps: list[App]


class NewApp(msgspec.Struct, kw_only=True):
    """What is asked of a new app."""

    name: str
    git_source: str | None = None
    stack_id: str | None = None
    parent_id: str | None = None
    project_id: str | None = None


class CreateApp(msgspec.Struct):
    """A new app, under its name."""

    app: NewApp


class NewChild(msgspec.Struct, kw_only=True):
    """What is asked of a new child app."""

    name: str


class CreateChild(msgspec.Struct):
    """A new child app, under its name."""

    app: NewChild


class ChildrenReply(msgspec.Struct):
    """A page of child apps, under their name."""

    child_apps: list[App]
    meta: Meta


class Rename(msgspec.Struct, kw_only=True):
    """What an app is called, and what it is to be called."""

    current_name: str
    new_name: str


class Changes(msgspec.Struct, kw_only=True, frozen=True):
    """What is to change of an app; what is not said stays."""

    owner: str | msgspec.UnsetType = msgspec.UNSET
    force_https: bool | msgspec.UnsetType = msgspec.UNSET
    sticky_session: bool | msgspec.UnsetType = msgspec.UNSET
    router_logs: bool | msgspec.UnsetType = msgspec.UNSET
    stack_id: str | msgspec.UnsetType = msgspec.UNSET
    project_id: str | msgspec.UnsetType = msgspec.UNSET


class Change(Changes, kw_only=True, frozen=True):
    """The same, under the app's name or by itself; with the name of the app as a proof."""

    app: Changes = Changes()
    current_name: str | None = None


class LogsReply(msgspec.Struct):
    """Where the logs of an app are read."""

    app: App
    logs_url: str
