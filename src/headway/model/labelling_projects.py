"""Labelling projects: what is asked of people, and what an answer looks like. Pools of tasks belong to one.

They have nothing to do with the projects in which applications are filed: hence the longer name.
"""

import enum
from typing import Any

import msgspec

from headway.model.fields import Errors, Reader, refuse_any
from headway.model.specs import Spec, checked_fields

ISSUING_TYPES = ("AUTOMATED", "MAP_SELECTOR")
SERVER_SET = frozenset({"id", "status", "created", "owner"})
"""What is ours to say, whatever is sent."""


class ProjectStatus(enum.IntEnum):
    """The numbers are stored. An archived project stays so."""

    ACTIVE = 0
    ARCHIVED = 1


class Project(msgspec.Struct, frozen=True):
    """One project. Field order is column order."""

    id: int
    owner_id: int
    status: ProjectStatus
    public_name: str
    private_comment: str
    body: str
    """JSON of everything that was said of it."""
    created_at: int

    @property
    def said(self) -> dict[str, Any]:
        """Everything that was said of it."""
        return msgspec.json.decode(self.body)


class CheckedProject(msgspec.Struct, frozen=True):
    """What somebody says of a project, found to be right."""

    public_name: str
    private_comment: str
    body: str


def checked_project(given: dict[str, Any]) -> CheckedProject:
    """What is said of a project; WrongFields with every error."""
    errors: Errors = {}
    reader = Reader(given, errors)
    name = reader.text("public_name", required=True, longest=1000)
    reader.text("public_description", required=True)
    comment = reader.text("private_comment", longest=10_000)
    spec = reader.object("task_spec", required=True)
    if spec is not None:
        checked_fields(spec, "input_spec")
        checked_fields(spec, "output_spec")
        spec.object("view_spec")
    issuing = reader.text("assignments_issuing_type", required=True, among=ISSUING_TYPES)
    if issuing == "MAP_SELECTOR":
        reader.object("assignments_issuing_view_config", required=True)
    for name_of, kind in (
        ("public_instructions", "text"),
        ("metadata", "object"),
        ("quality_control", "object"),
    ):
        getattr(reader, kind)(name_of)
    refuse_any(errors)
    kept = {key: value for key, value in given.items() if key not in SERVER_SET}
    return CheckedProject(name or "", comment or "", msgspec.json.encode(kept).decode())


def spec_text(project: Project) -> str:
    """The project's spec as a pool keeps it: what changes later changes only pools that are made later."""
    errors: Errors = {}
    reader = Reader(project.said["task_spec"], errors)
    spec = Spec(checked_fields(reader, "input_spec"), checked_fields(reader, "output_spec"))
    return msgspec.json.encode(spec).decode()
