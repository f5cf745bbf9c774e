"""Projects on the wire."""

import msgspec

from headway.dialects.scalingo.wire.apps import Owner


class Project(msgspec.Struct, kw_only=True):
    """One project."""

    id: str
    name: str
    default: bool
    owner: Owner
    created_at: str
    updated_at: str
    flags: dict[str, bool] = {}


class ProjectReply(msgspec.Struct):
    """One project, under its name."""

    project: Project


class ProjectsReply(msgspec.Struct):
    """Projects, under their name."""

    projects: list[Project]


class NewProject(msgspec.Struct, kw_only=True):
    """What is asked of a new project."""

    name: str
    default: bool = False


class CreateProject(msgspec.Struct):
    """The same, under its name."""

    project: NewProject


class Changes(msgspec.Struct, kw_only=True):
    """What is to change of a project; what is not said stays."""

    name: str | None = None
    default: bool | None = None


class ChangeProject(msgspec.Struct):
    """The same, under its name."""

    project: Changes
