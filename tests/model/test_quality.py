"""What a pool's quality control says of control tasks."""

from typing import Any

import pytest

from headway.model.quality import Condition, GoldenSet, Rule, Score, earned, golden_sets

CAT, DOG = {"result": "cat"}, {"result": "dog"}


def rule(type: str = "SET_SKILL_FROM_OUTPUT_FIELD", *conditions: Any, **parameters: Any) -> dict[str, Any]:
    return {"conditions": list(conditions), "action": {"type": type, "parameters": parameters}}


def control(*rules: Any, type: str = "GOLDEN_SET", **parameters: Any) -> dict[str, Any]:
    return {"configs": [{"collector_config": {"type": type, "parameters": parameters}, "rules": list(rules)}]}


ENOUGH = {"key": "total_answers_count", "operator": "GTE", "value": 3}
FROM_RATE = rule("SET_SKILL_FROM_OUTPUT_FIELD", ENOUGH, skill_id="s", from_field="correct_answers_rate")


def test_rules_that_give_skills_are_read() -> None:
    fixed = rule("SET_SKILL", skill_id="t", skill_value=5)
    (found,) = golden_sets(control(FROM_RATE, fixed, history_size=10))
    first = Rule((Condition("total_answers_count", "GTE", 3),), "s", from_field="correct_answers_rate")
    assert found == GoldenSet((first, Rule((), "t", value=5)), 10)


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        [],
        {"configs": None},
        {"configs": 3},
        {"configs": [3, {}, {"collector_config": 3}]},
        control(FROM_RATE, type="ASSIGNMENT_SUBMIT_TIME"),
        control(),
        control(3, {}, {"conditions": 3, "action": 3}),
        control(rule("RESTRICTION_V2", skill_id="s")),
        control(rule("SET_SKILL_FROM_OUTPUT_FIELD", skill_id="s", from_field="mood")),
        control(
            rule("SET_SKILL", {"key": "mood", "operator": "GT", "value": 1}, skill_id="s", skill_value=1)
        ),
        control(rule("SET_SKILL", {**ENOUGH, "operator": "ALMOST"}, skill_id="s", skill_value=1)),
    ],
)
def test_what_is_written_otherwise_is_followed_by_nobody(said: Any) -> None:
    assert golden_sets(said) == ()


def test_a_size_of_history_that_is_none_counts_all() -> None:
    assert golden_sets(control(FROM_RATE, history_size="x"))[0].history_size is None


@pytest.mark.parametrize(
    ("score", "given"), [(Score(2, 2), None), (Score(2, 3), pytest.approx(200 / 3)), (Score(0, 3), 0)]
)
def test_a_rule_gives_a_skill_where_its_conditions_hold(score: Score, given: Any) -> None:
    assert golden_sets(control(FROM_RATE))[0].rules[0].given(score) == given


@pytest.mark.parametrize(
    ("operator", "holds"),
    [("GT", False), ("GTE", True), ("LT", False), ("LTE", True), ("EQ", True), ("NE", False)],
)
def test_conditions_compare(operator: str, holds: bool) -> None:
    assert Condition("incorrect_answers_rate", operator, 25).holds(Score(3, 4)) is holds


def test_who_has_not_answered_has_no_rate() -> None:
    assert Score(0, 0).rate == 0


def test_an_answer_earns_the_weight_of_the_known_solution_that_it_is_like() -> None:
    known = [{"output_values": CAT}, {"output_values": DOG, "correctness_weight": 0.25}]
    assert earned(CAT | {"comment": "sweet"}, known) == 1
    assert earned(DOG, known) == 0.25
    assert earned({"result": "cow"}, known) == 0
    assert earned(DOG, [*known, {"output_values": DOG, "correctness_weight": 0.5}]) == 0.5
