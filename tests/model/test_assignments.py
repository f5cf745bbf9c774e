"""Assignments: the statuses, and answers by the pool's spec."""

from typing import Any

import pytest

from headway.model.assignments import GIVES_BACK, NEXT, AssignmentStatus, check_solutions
from headway.model.fields import Errors
from headway.model.labelling_projects import Project, ProjectStatus, checked_project, spec_text
from tests.labelling import answers, project_body

SPEC = spec_text(Project(1, 1, ProjectStatus.ACTIVE, "", "", checked_project(project_body()).body, 0))


def wrong(given: Any, tasks: int = 1) -> dict[str, str]:
    errors: Errors = {}
    check_solutions(given, tasks, SPEC, errors)
    return {path: it.code for path, it in errors.items()}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (answers(), {}),
        (None, {"solutions": "array-expected"}),
        (answers(2), {"solutions": "array-size-out-of-bounds"}),
        ([1], {"solutions.0.output_values": "object-expected"}),
        ([{"output_values": {}}], {"solutions.0.output_values.result": "value-required"}),
        (answers(result="cow"), {"solutions.0.output_values.result": "value-not-allowed"}),
    ],
)
def test_answers_are_checked_by_the_spec(given: Any, errors: dict[str, str]) -> None:
    assert wrong(given) == errors


def test_every_status_says_what_may_follow() -> None:
    assert set(NEXT) == set(AssignmentStatus)
    assert all(not NEXT[status] for status in GIVES_BACK)
    assert AssignmentStatus.REJECTED not in NEXT[AssignmentStatus.ACCEPTED]
