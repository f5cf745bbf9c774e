"""Tasks and suites before they are made: every rule, each with its path."""

from typing import Any

import pytest

from headway.ids import show
from headway.model.fields import Errors
from headway.model.labelling_projects import Project, ProjectStatus, checked_project, spec_text
from headway.model.pools import Pool, PoolStatus, checked_pool
from headway.model.tasks import (
    Kind,
    NewSuite,
    NewTask,
    Rules,
    Task,
    changed_overlap,
    checked_change,
    checked_suite,
    checked_task,
    kind_of,
    open_to,
)
from tests.labelling import MIXER, pool_body, project_body, suite_body, task_body

PROJECT = Project(1, 1, ProjectStatus.ACTIVE, "", "", checked_project(project_body()).body, 0)


def pool(id: int, status: PoolStatus = PoolStatus.CLOSED, **changes: Any) -> Pool:
    said = checked_pool(pool_body(1, **changes))
    return Pool(
        id, 1, 1, status, said.body, spec_text(PROJECT), said.expires_at, 0, None, None, "", None, None, 0
    )


PLAIN, MIXING, ARCHIVED = pool(1), pool(2, mixer_config=MIXER), pool(3, PoolStatus.ARCHIVED)
RULES = Rules({show(it.id): it for it in (PLAIN, MIXING, ARCHIVED)}, allow_defaults=False)
DEFAULTS = Rules(RULES.pools, allow_defaults=True)
KNOWN = [{"output_values": {"result": "cat"}}]


def codes(found: Any) -> dict[str, str]:
    assert isinstance(found, dict), found
    return {path: it.code for path, it in found.items()}


def task(rules: Rules = RULES, **changes: Any) -> Any:
    return checked_task(task_body(MIXING, **changes), rules)


def suite(rules: Rules = RULES, **changes: Any) -> Any:
    return checked_suite(suite_body(PLAIN, **changes), rules)


def test_what_is_right_is_ready_to_be_made() -> None:
    found = suite(tasks=[{"input_values": {"image": "https://x"}}], __item_idx="0", issuing_order_override=3)
    assert isinstance(found, NewSuite)
    assert (found.pool_id, found.overlap, found.turn, found.body) == (
        1,
        1,
        -3,
        '{"issuing_order_override":3}',
    )
    one = task(__item_idx="0", reserved_for=["u"])
    assert isinstance(one, NewTask)
    assert "__item_idx" not in one.body
    assert one.kind is Kind.GENERAL


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"pool_id": None}, {"pool_id": "value-required"}),
        ({"pool_id": "nothing"}, {"pool_id": "entity-does-not-exist"}),
        ({"pool_id": show(3)}, {"pool_id": "pool-inappropriate-status"}),
        ({"pool_id": show(2)}, {"pool_id": "pool-task-type-conflict"}),
        ({"tasks": None}, {"tasks": "value-required"}),
        ({"tasks": []}, {"tasks": "array-size-less-than-min"}),
        ({"tasks": [1]}, {"tasks.0": "object-expected"}),
        ({"tasks": [{}]}, {"tasks.0.input_values": "value-required"}),
        ({"tasks": [{"input_values": []}]}, {"tasks.0.input_values": "object-expected"}),
        (
            {"tasks": [{"input_values": {"img": 1}}, {"input_values": {"image": "x"}}]},
            {
                "tasks.0.input_values.image": "value-required",
                "tasks.0.input_values.img": "value-not-allowed",
                "tasks.1.input_values.image": "invalid-url-syntax",
            },
        ),
        ({"overlap": None}, {"overlap": "value-required"}),
        ({"overlap": 0}, {"overlap": "value-less-than-min"}),
        ({"overlap": 30_001}, {"overlap": "value-greater-than-max"}),
        ({"infinite_overlap": True}, {"overlap": "value-not-allowed"}),
        ({"issuing_order_override": 1e6}, {"issuing_order_override": "value-out-of-bounds"}),
        (
            {"latitude": 91, "longitude": "x"},
            {"latitude": "value-greater-than-max", "longitude": "float-expected"},
        ),
        ({"reserved_for": ["u", "u"]}, {"reserved_for": "duplicate-value-in-array"}),
        ({"unavailable_for": [1]}, {"unavailable_for": "string-expected"}),
    ],
)
def test_each_rule_of_a_suite(changes: dict[str, Any], errors: dict[str, str]) -> None:
    assert codes(suite(**changes)) == errors


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"pool_id": show(1)}, {"pool_id": "mixer-config-required"}),
        ({"known_solutions": [{}]}, {"known_solutions.0.output_values": "value-required"}),
        (
            {"known_solutions": [{"output_values": {"result": "cow"}, "correctness_weight": 2}]},
            {
                "known_solutions.0.output_values.result": "value-not-allowed",
                "known_solutions.0.correctness_weight": "value-out-of-bounds",
            },
        ),
        (
            {"baseline_solutions": [{"output_values": {"what": 1}}]},
            {"baseline_solutions.0.output_values.what": "value-not-allowed"},
        ),
    ],
)
def test_each_rule_of_a_task(changes: dict[str, Any], errors: dict[str, str]) -> None:
    assert codes(task(**changes)) == errors


def test_a_suite_has_no_baseline_solutions() -> None:
    within = [{"input_values": {"image": "https://x"}, "baseline_solutions": KNOWN}]
    assert codes(suite(tasks=within)) == {"tasks.0.baseline_solutions": "value-not-allowed"}


@pytest.mark.parametrize("check", [checked_suite, checked_task])
def test_what_is_no_object_is_told_so(check: Any) -> None:
    assert list(codes(check(1, RULES)).values()) == ["object-expected"]


def test_a_pools_default_is_taken_where_that_is_allowed() -> None:
    assert suite(DEFAULTS, overlap=None).overlap == 1
    assert suite(DEFAULTS, overlap=5).overlap == 5
    assert suite(DEFAULTS, overlap=None, infinite_overlap=True).overlap is None
    assert task(DEFAULTS, overlap=None, known_solutions=KNOWN).overlap is None


def test_kinds_follow_from_what_is_known() -> None:
    assert kind_of({}) is Kind.GENERAL
    assert kind_of({"known_solutions": KNOWN}) is Kind.CONTROL
    assert kind_of({"known_solutions": KNOWN, "message_on_unknown_solution": "no"}) is Kind.TRAINING


def test_some_may_have_it_and_some_may_not() -> None:
    assert open_to("u", {})
    assert open_to("u", {"reserved_for": ["u"]})
    assert not open_to("v", {"reserved_for": ["u"]})
    assert not open_to("u", {"unavailable_for": ["u"]})


@pytest.mark.parametrize(
    ("given", "overlap", "errors"),
    [
        ({"overlap": 10}, 10, {}),
        ({"infinite_overlap": True, "overlap": None}, None, {}),
        ({"infinite_overlap": True}, None, {}),
        ({"infinite_overlap": False, "overlap": 2}, 2, {}),
        ({"infinite_overlap": True, "overlap": 2}, None, {"overlap": "value-not-allowed"}),
        ({"infinite_overlap": False}, None, {"overlap": "value-required"}),
    ],
)
def test_one_half_of_the_overlap_clears_the_other(given: Any, overlap: Any, errors: Any) -> None:
    found: Errors = {}
    assert changed_overlap(given, found) == overlap
    assert codes(found) == errors


def test_of_a_change_only_what_can_change_is_taken() -> None:
    errors: Errors = {}
    given = {"known_solutions": [{"output_values": {"result": 1}}], "input_values": {}, "pool_id": "x"}
    assert set(checked_change(given, MIXING, errors)) == {"known_solutions"}
    assert codes(errors) == {"known_solutions.0.output_values.result": "string-expected"}


def test_what_remains_never_falls_below_nothing() -> None:
    it = Task(1, 1, None, Kind.GENERAL, 2, 3, "{}", 0, 0)
    assert it.remaining == 0
