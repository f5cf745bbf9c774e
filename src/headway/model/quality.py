"""What a pool's quality control says of control tasks, as far as it is followed here. Pure.

A rule has conditions, all of which must hold, and an action that gives a skill. What is written otherwise is kept with the
pool and followed by nobody.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

VALUE_MAX = 100
COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "GT": operator.gt,
    "GTE": operator.ge,
    "LT": operator.lt,
    "LTE": operator.le,
    "EQ": operator.eq,
    "NE": operator.ne,
}


class Score(msgspec.Struct, frozen=True):
    """How well somebody has answered control tasks."""

    earned: float
    """Of each answer the weight of the known solution that it is like; 0 where it is like none."""
    answers: int

    @property
    def rate(self) -> float:
        """0 to 100; 0 where there are no answers."""
        return 100 * self.earned / self.answers if self.answers else 0.0


MEASURED: Mapping[str, Callable[[Score], float]] = {
    "total_answers_count": lambda it: it.answers,
    "correct_answers_rate": lambda it: it.rate,
    "incorrect_answers_rate": lambda it: 100 - it.rate,
    "golden_set_answers_count": lambda it: it.answers,
    "golden_set_correct_answers_rate": lambda it: it.rate,
    "golden_set_incorrect_answers_rate": lambda it: 100 - it.rate,
}
"""What conditions and actions may name."""


class Condition(msgspec.Struct, frozen=True):
    """Something is more or less than a number."""

    key: str
    operator: str
    value: float

    def holds(self, score: Score) -> bool:
        """Whether it is so."""
        return COMPARED[self.operator](MEASURED[self.key](score), self.value)


class Rule(msgspec.Struct, frozen=True):
    """Which skill somebody is given, and when."""

    conditions: tuple[Condition, ...]
    skill_id: str
    """As it is shown."""
    from_field: str = ""
    """By which measure; empty where it is a fixed value."""
    value: float = 0

    def given(self, score: Score) -> float | None:
        """How far somebody with this score has the skill; None where the rule says nothing of them."""
        if not all(it.holds(score) for it in self.conditions):
            return None
        found = MEASURED[self.from_field](score) if self.from_field else self.value
        return min(max(found, 0.0), VALUE_MAX)


class GoldenSet(msgspec.Struct, frozen=True):
    """What is to happen when somebody has answered control tasks."""

    rules: tuple[Rule, ...]
    history_size: int | None = None
    """So many of their last answers count; None for all in the pool."""


def golden_sets(quality_control: Any) -> tuple[GoldenSet, ...]:
    """Those that give skills; what is not understood is left out."""
    configs = quality_control.get("configs") if isinstance(quality_control, dict) else None
    found = (
        [_golden_set(it) for it in configs or () if isinstance(it, dict)] if isinstance(configs, list) else []
    )
    return tuple(it for it in found if it is not None and it.rules)


def _golden_set(config: Mapping[str, Any]) -> GoldenSet | None:
    collector = config.get("collector_config")
    if not isinstance(collector, dict) or collector.get("type") != "GOLDEN_SET":
        return None
    parameters = collector.get("parameters")
    size = parameters.get("history_size") if isinstance(parameters, dict) else None
    rules = config.get("rules")
    read = [_rule(it) for it in rules if isinstance(it, dict)] if isinstance(rules, list) else []
    whole = isinstance(size, int) and size > 0
    return GoldenSet(tuple(it for it in read if it is not None), size if whole else None)


def _rule(rule: Mapping[str, Any]) -> Rule | None:
    try:
        conditions = msgspec.convert(rule.get("conditions"), tuple[Condition, ...])
        action = msgspec.convert(rule.get("action"), _Action)
    except msgspec.ValidationError:
        return None
    known = all(it.key in MEASURED and it.operator in COMPARED for it in conditions)
    given = action.parameters
    match action.type:
        case "SET_SKILL_FROM_OUTPUT_FIELD" if known and given.from_field in MEASURED:
            return Rule(conditions, given.skill_id, from_field=given.from_field)
        case "SET_SKILL" if known:
            return Rule(conditions, given.skill_id, value=given.skill_value)
        case _:
            return None


class _Parameters(msgspec.Struct, frozen=True):
    skill_id: str
    from_field: str = ""
    skill_value: float = 0


class _Action(msgspec.Struct, frozen=True):
    type: str
    parameters: _Parameters


def earned(values: Mapping[str, Any], known_solutions: Sequence[Mapping[str, Any]]) -> float:
    """The weight of the known solution that an answer is like, in the fields that this has; of several the best."""
    return max((_weight(it) for it in known_solutions if _is_like(values, it["output_values"])), default=0.0)


def _is_like(values: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return all(values.get(name) == value for name, value in known.items() if value is not None)


def _weight(solution: Mapping[str, Any]) -> float:
    weight = solution.get("correctness_weight")
    return 1.0 if weight is None else float(weight)
