"""Assignments: a suite in the hands of one person, and what came of it.

ACTIVE ──▶ SUBMITTED ──▶ ACCEPTED
   │           └───────▶ REJECTED ──▶ ACCEPTED
   ├──▶ SKIPPED
   └──▶ EXPIRED
"""

import enum
from typing import Any

import msgspec

from headway.model.fields import Errors, FieldError
from headway.model.specs import check_values, spec_of


class AssignmentStatus(enum.IntEnum):
    """The numbers are stored."""

    ACTIVE = 0
    SUBMITTED = 1
    ACCEPTED = 2
    REJECTED = 3
    SKIPPED = 4
    EXPIRED = 5


NEXT: dict[AssignmentStatus, frozenset[AssignmentStatus]] = {
    AssignmentStatus.ACTIVE: frozenset({
        AssignmentStatus.SUBMITTED,
        AssignmentStatus.ACCEPTED,
        AssignmentStatus.SKIPPED,
        AssignmentStatus.EXPIRED,
    }),
    AssignmentStatus.SUBMITTED: frozenset({AssignmentStatus.ACCEPTED, AssignmentStatus.REJECTED}),
    AssignmentStatus.REJECTED: frozenset({AssignmentStatus.ACCEPTED}),
    AssignmentStatus.ACCEPTED: frozenset(),
    AssignmentStatus.SKIPPED: frozenset(),
    AssignmentStatus.EXPIRED: frozenset(),
}
"""Where an answer is accepted as it comes, ACTIVE is followed by ACCEPTED."""

GIVES_BACK = frozenset({AssignmentStatus.SKIPPED, AssignmentStatus.EXPIRED})
"""After these somebody else is given the suite instead."""


class Assignment(msgspec.Struct, frozen=True):
    """One assignment. Field order is column order."""

    id: int
    pool_id: int
    owner_id: int
    suite_id: int
    user_id: str
    status: AssignmentStatus
    reward: float
    solutions: str | None
    """JSON of the answers, one for each task; None until they were given."""
    public_comment: str
    created_at: int
    submitted_at: int | None
    accepted_at: int | None
    rejected_at: int | None
    skipped_at: int | None
    expired_at: int | None
    due_at: int | None
    """When it moves on by itself: an active one expires, a submitted one is accepted."""

    def is_late(self, now: int) -> bool:
        """Whether it has been in somebody's hands for too long by then."""
        return self.status is AssignmentStatus.ACTIVE and self.due_at is not None and self.due_at <= now

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What was answered to each task."""
        given = msgspec.json.decode(self.solutions or "[]")
        return [one["output_values"] for one in given]


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Of what the assignments are that somebody searches for; what is not said does not matter."""

    pool_id: int = -1
    suite_id: int = -1
    task_id: int = -1
    user_id: str = ""
    statuses: tuple[AssignmentStatus, ...] = ()


def check_solutions(given: Any, tasks: int, spec: str, errors: Errors) -> None:
    """The answers to so many tasks, by the pool's spec; what is wrong is told."""
    if not isinstance(given, list):
        errors["solutions"] = FieldError("array-expected", "Value must be a list")
        return
    if len(given) != tasks:
        errors["solutions"] = FieldError("array-size-out-of-bounds", f"There must be {tasks} solutions")
        return
    fields = spec_of(spec).output_spec
    for n, one in enumerate(given):
        values = one.get("output_values") if isinstance(one, dict) else None
        if isinstance(values, dict):
            check_values(values, fields, f"solutions.{n}.output_values", errors)
        else:
            errors[f"solutions.{n}.output_values"] = FieldError("object-expected", "Value must be an object")
