"""The JSON of apps and what belongs to them, field for field."""

import msgspec


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How many containers of a type, and how large."""

    amount: int
    size: str
    command: str


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """One running copy."""

    id: str
    label: str
    type: str
    size: str
    state: str
    """starting, running, waiting, crashed, stopping, or missing."""
    release: str
    created_at: str


class App(msgspec.Struct, frozen=True, kw_only=True):
    """One app."""

    id: str
    name: str
    owner: str
    status: str
    url: str
    release: str | None
    """The id of the release that serves; null before the first deployment has succeeded."""
    last_deployed_at: str | None
    last_deployed_by: str | None
    created_at: str
    updated_at: str
    formation: dict[str, Size]
    formation_version: str
    """What `If-Match` takes."""
    links: dict[str, str]


class Apps(msgspec.Struct, frozen=True, kw_only=True):
    """Every app that the asker may see, by name."""

    apps: list[App]


class Create(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new app."""

    name: str
    git_source: str | None = None


class Rename(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another name."""

    name: str


class Formation(msgspec.Struct, frozen=True, kw_only=True):
    """How many containers of each type."""

    formation: dict[str, Size]


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted of one type; what is left out stays as it is."""

    amount: int | None = None
    size: str | None = None


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted of some types."""

    formation: dict[str, Change]


class Containers(msgspec.Struct, frozen=True, kw_only=True):
    """Every container, one-offs among them."""

    containers: list[Container]


class Restart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which types or labels; everything where it is empty."""

    scope: list[str] = []


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command to run once beside the app."""

    command: str
    env: dict[str, str] = {}
    size: str = ""
    detached: bool = False


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A one-off that is being started."""

    container: str
    label: str
    attach_url: str | None
    """Where a terminal is attached once the operation has succeeded; null for a detached one."""
    operation: str


class CronTask(msgspec.Struct, frozen=True, kw_only=True):
    """What the release in force runs by the clock."""

    schedule: str
    """Five fields as in a crontab, in UTC."""
    command: str
    size: str
    next_at: str
    """When it is due, or, where that is over, has been due: a run that could not begin yet."""
    last_at: str | None
    """When it was last begun."""
    last_operation: str | None
    """The operation that began it."""
    trouble: str | None
    """Why the run that is due could not begin so far."""
    missed_at: str | None
    """When the newest run was due that was left out."""
    missed_why: str | None


class CronTasks(msgspec.Struct, frozen=True, kw_only=True):
    """All of an app, in the order of its cron.json."""

    tasks: list[CronTask]


class Variables(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The environment."""

    variables: dict[str, str]
    secret: list[str] = []
    """Those whose values are not told."""


class ChangeVariables(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variables to set, names of those to delete, and of those to tell nobody any more."""

    set: dict[str, str] = {}
    unset: list[str] = []
    secret: list[str] = []


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A built slug with its variables; the variables are not told."""

    id: str
    version: int
    ref: str
    processes: dict[str, str]
    serves: bool
    created_at: str


class Rollback(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to go back to a release."""

    version: int | None = None
    """Null: the newest one from before the one that serves."""


class Releases(msgspec.Struct, frozen=True, kw_only=True):
    """A page of releases, newest first."""

    releases: list[Release]
    next: str | None
    """What `?cursor=` takes for the next page; null on the last one."""


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """The making of a release."""

    id: str
    status: str
    ref: str
    by: str
    operation: str
    release: str
    created_at: str
    finished_at: str | None


class Deployments(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deployments, newest first."""

    deployments: list[Deployment]
    page: int
    total: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an app's log."""

    at: str
    source: str
    """`web-1`, `router`, …"""
    text: str
