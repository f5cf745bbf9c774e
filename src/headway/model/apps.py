"""Apps, and how many containers of each type they run."""

import re

import msgspec

from headway.errors import Invalid, NotFound
from headway.model.sizes import DEFAULT_SIZE, SIZES

NAME_LENGTH_MIN = 6
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RESERVED_NAMES = frozenset({"collaboration"})


def checked_name(name: str, length_max: int) -> str:
    """The name itself; Invalid where it breaks the rule for names of apps."""
    wrong: list[str] = []
    if not NAME_LENGTH_MIN <= len(name) <= length_max:
        wrong.append(f"should have between {NAME_LENGTH_MIN} and {length_max} characters")
    if not _NAME.fullmatch(name):
        wrong.append(
            "should contain only lower-case letters, digits and hyphens, "
            "with no hyphen at either end and no two in a row"
        )
    if name in RESERVED_NAMES:
        wrong.append("is reserved")
    if wrong:
        raise Invalid(name=wrong)
    return name


def checked_current_name(app: "App", name: str) -> None:
    """Invalid where that is not what the app is called: the proof that somebody means this app."""
    if name != app.name:
        raise Invalid(current_name="should be the name of the app")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set of an app."""

    force_https: bool
    """Whether a plain request is redirected to its https address."""
    sticky_session: bool
    """Whether a cookie leads a client to the same container again."""
    router_logs: bool
    """Whether the app's log has a line for each request."""
    stack: str


class App(msgspec.Struct, frozen=True):
    """One app. Field order is column order."""

    id: int
    name: str
    owner_id: int
    parent_id: int | None
    git_source: str | None
    stack: str
    force_https: bool
    sticky_session: bool
    router_logs: bool
    release_id: int | None
    """The release that serves; None before the first successful deployment."""
    last_deployed_at: int | None
    """The last attempt."""
    last_deployed_by: str | None
    last_deployment_id: int | None
    """The last success."""
    created_at: int
    updated_at: int
    project_id: int | None = None
    """What it is filed under; None is the default project of the owner."""

    @property
    def settings(self) -> Settings:
        """What is set of it."""
        return Settings(
            force_https=self.force_https,
            sticky_session=self.sticky_session,
            router_logs=self.router_logs,
            stack=self.stack,
        )

    def with_settings(self, settings: Settings) -> "App":
        """The same app, set so."""
        return msgspec.structs.replace(self, **msgspec.structs.asdict(settings))


class ContainerType(msgspec.Struct, frozen=True):
    """How many containers of one type an app runs, and how large. Field order is column order."""

    id: int
    app_id: int
    name: str
    amount: int
    size: str
    command: str


class Container(msgspec.Struct, frozen=True):
    """One container that an app should have. Field order is column order.

    A restart replaces it by another with the same label and a new id.
    """

    id: int
    app_id: int
    type: str
    index: int
    size: str
    release_id: int
    created_at: int

    @property
    def label(self) -> str:
        """What people call it: `web-1`."""
        return f"{self.type}-{self.index}"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of one container type; None leaves it as it is."""

    name: str
    amount: int | None = None
    size: str | None = None


def changed(formation: list[ContainerType], changes: list[Change], amount_max: int) -> list[ContainerType]:
    """The formation after the changes; NotFound for an unknown type, Invalid for a wrong amount or size."""
    by_name = {kind.name: kind for kind in formation}
    for change in changes:
        kind = by_name.get(change.name)
        if kind is None:
            raise NotFound("container_type", change.name)
        if change.amount is not None and not 0 <= change.amount <= amount_max:
            raise Invalid(amount=f"should be between 0 and {amount_max}")
        if change.size and change.size not in SIZES:
            raise Invalid(size=f"is unknown, it should be one of {', '.join(SIZES)}")
        by_name[change.name] = msgspec.structs.replace(
            kind,
            amount=kind.amount if change.amount is None else change.amount,
            size=change.size or kind.size,
        )
    return list(by_name.values())


HOOKS = frozenset({"postdeploy"})
"""Names in a Procfile that are no container types."""


def initial_amount(type: str) -> int:
    """How many containers of a type the first deployment starts."""
    return 1 if type == "web" else 0


def initial_size() -> str:
    """Which size a new container type gets."""
    return DEFAULT_SIZE


def listens(type: str) -> bool:
    """Whether containers of this type get a PORT and must accept connections on it."""
    return type in {"web", "tcp"}


def is_routed(type: str) -> bool:
    """Whether requests that come in by HTTP go to containers of this type."""
    return type == "web"
