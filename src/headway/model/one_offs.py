"""One-off containers: a command that is run once beside an app, detached, or attached to somebody's terminal."""

import msgspec

from headway.errors import Invalid
from headway.model.apps import Container
from headway.model.sizes import DEFAULT_SIZE, SIZES
from headway.model.variables import checked

TYPE = "one-off"
"""What stands where other containers have their type. No type in a Procfile has a hyphen."""
COMMAND_LENGTH_MAX = 32_768
ENVIRONMENT_MAX = 200
"""The most variables that come with a command."""
NAME_BYTES_MAX = 255
"""The longest name of an uploaded file."""

STOPPED, INACTIVITY, UNATTACHED, HUNG_UP, LOST, FAILED, OVERDUE = (
    "stopped",
    "inactivity",
    "unattached",
    "hung up",
    "lost",
    "failed",
    "overdue",
)
"""Why one did not end by itself: somebody stopped it; nothing was said or typed for too long; nobody came to attach
it; who was attached went away; nobody saw its end; it could not be started; it was a run of a task, and took longer
than those may."""


class OneOff(msgspec.Struct, frozen=True):
    """One one-off container. Field order is column order."""

    id: int
    app_id: int
    index: int
    """Rises from 1 in each app."""
    account_id: int
    """Who began it."""
    operation_id: int
    """The operation that starts it."""
    command: str
    environment: dict[str, str]
    """What came with the command; nothing once it has ended."""
    size: str
    detached: bool
    release_id: int
    created_at: int
    settled_at: int | None
    """When its operation had ended: from then on it runs, or can be attached, or never will."""
    finished_at: int | None
    exit_code: int | None
    reason: str
    """Why it is to end, or ended, other than by itself; else nothing."""

    @property
    def label(self) -> str:
        """What people call it: `one-off-1`."""
        return f"{TYPE}-{self.index}"


def container_of(it: OneOff) -> Container:
    """The one-off as a container among others."""
    return Container(it.id, it.app_id, TYPE, it.index, it.size, it.release_id, it.created_at)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to be run."""

    command: str
    type: str = ""
    """A type of the app's own whose command goes before that one, which may be empty then."""
    environment: dict[str, str] = {}
    size: str = ""
    detached: bool = False


def checked_wish(wish: Wish) -> Wish:
    """The wish, its size filled in; Invalid, with every error, where something in it is wrong."""
    wrong: dict[str, str | list[str]] = {}
    if not wish.command.strip() and not wish.type:
        wrong["command"] = "should not be empty"
    elif len(wish.command) > COMMAND_LENGTH_MAX:
        wrong["command"] = f"should have at most {COMMAND_LENGTH_MAX} characters"
    elif "\0" in wish.command:
        wrong["command"] = "should not contain a null character"
    if wish.size and wish.size not in SIZES:
        wrong["size"] = f"is unknown, it should be one of {', '.join(SIZES)}"
    if env := _wrong_environment(wish.environment):
        wrong["env"] = env
    if wrong:
        raise Invalid(**wrong)
    return msgspec.structs.replace(wish, size=wish.size or DEFAULT_SIZE)


def _wrong_environment(environment: dict[str, str]) -> list[str]:
    if len(environment) > ENVIRONMENT_MAX:
        return [f"should have at most {ENVIRONMENT_MAX} variables"]
    wrong: list[str] = []
    for name, value in environment.items():
        try:
            checked(name, value)
        except Invalid as invalid:
            wrong += [f"{name[:64]}: {it}" for messages in invalid.fields.values() for it in messages]
    return wrong


def base_name(name: str) -> str:
    """The name of an uploaded file without its folders; Invalid where it can be no file's name."""
    base = name.replace("\\", "/").rpartition("/")[2]
    if base in {"", ".", ".."} or "\0" in base or len(base.encode()) > NAME_BYTES_MAX:
        raise Invalid(file=f"should have a name of 1 to {NAME_BYTES_MAX} bytes")
    return base


def is_one_off(label: str) -> bool:
    """Whether a container that is called so is a one-off."""
    return label.startswith(f"{TYPE}-")
