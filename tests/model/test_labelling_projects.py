"""What is said of a labelling project."""

from typing import Any

import msgspec
import pytest

from headway.model.fields import WrongFields
from headway.model.labelling_projects import Project, ProjectStatus, checked_project, spec_text
from tests.labelling import project_body


def wrong(**changes: Any) -> dict[str, str]:
    with pytest.raises(WrongFields) as refused:
        checked_project(project_body(**changes))
    return {path: it.code for path, it in refused.value.errors.items()}


def test_everything_that_was_said_is_kept_but_what_is_ours_to_say() -> None:
    kept = checked_project(project_body(id="x", status="y", whatever=[1]))
    assert msgspec.json.decode(kept.body) == project_body(whatever=[1])


def test_every_error_is_told_at_once() -> None:
    assert wrong(public_name=None, public_description=None, task_spec={}, assignments_issuing_type="X") == {
        "public_name": "value-required",
        "public_description": "value-required",
        "task_spec.input_spec": "value-required",
        "task_spec.output_spec": "value-required",
        "assignments_issuing_type": "unknown-enum-value",
    }


def test_a_map_needs_a_view_of_it() -> None:
    assert wrong(assignments_issuing_type="MAP_SELECTOR") == {
        "assignments_issuing_view_config": "value-required"
    }


def test_a_pool_keeps_the_spec_alone() -> None:
    said = checked_project(project_body())
    spec = spec_text(Project(1, 1, ProjectStatus.ACTIVE, "", "", said.body, 0))
    assert set(msgspec.json.decode(spec)["output_spec"]) == {"result"}
