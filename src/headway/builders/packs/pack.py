"""What a pack is: it looks at a project and answers with a plan; it runs nothing itself.

The classic packs (`bin/detect`, `bin/compile`, `bin/release`) fit the same shape: their plan is one command.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from headway.builders.toolchains import Machine

APP = "/app"
"""Where the project is, while it is built and while it runs."""
CACHE = "/cache"
"""Kept from build to build of one app; writable."""
SETTINGS = "/headway/settings"
"""The operator's settings for pip and npm; read-only."""
OWN = ".headway"
"""The folder in a slug that belongs to the platform."""
PROFILE = ".profile.d/headway.sh"


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack may see of a project before anything of it has run."""

    files: frozenset[str]
    """The paths of those files that some pack asks for and that are there."""
    texts: Mapping[str, str]
    """Their content, as far as it is UTF-8."""

    def text(self, file: str) -> str:
        """The content of a file, empty if there is none."""
        return self.texts.get(file, "")


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a plan, run in /app."""

    title: str
    """For people: `pip install`."""
    argv: tuple[str, ...]
    environment: Mapping[str, str] = {}
    mounts: Mapping[str, Path] = {}
    network: bool = False
    heading: str = ""
    """Said before it runs."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a project becomes a slug."""

    details: tuple[str, ...] = ()
    """Said first: what was found, what was chosen."""
    warnings: tuple[str, ...] = ()
    files: Mapping[str, str] = {}
    """Written before the commands run: path to content."""
    commands: tuple[Command, ...] = ()
    processes: Mapping[str, str] = {}
    """Used for types that the Procfile does not name."""
    leaves: Mapping[str, str] = {}
    """Of a type in `processes`: the file that the commands must have left, or else the type is none."""


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of project."""

    name: str
    title: str
    recognised_by: str
    """For people: `a requirements.txt or pyproject.toml`."""
    reads: tuple[str, ...] = ()
    """The files whose content `detects` and `plan` want to see."""
    notices: tuple[str, ...] = ()
    """The files of which they want to know only whether they are there."""
    detects: Callable[[Project], bool]
    plan: Callable[[Project, Machine], Plan]
    """Failure `build-error` where the project asks for what the machine does not have."""
