"""From several answers to one, weighed by skill: who is more often right counts more. Pure; the vendor's rule."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

SKILL_LEAST = 1e-6
"""Nobody is always right, or never: of two who are said to be and disagree neither could be."""
UNKNOWN_SKILL = 0.5

Voice = tuple[int, float]
"""A label, and the skill of who says it, 0 to 1."""
Labels = Mapping[str, Sequence[Any]]
"""Of each field the values that there are."""


def weighted(said: Sequence[Voice], labels: int) -> tuple[int, float]:
    """The label that has the most skill behind it, and how likely it is right; of equal ones the first.

    A label that has the most skill behind it need not be the most likely: this is the vendor's rule.
    """
    weights = [0.0] * labels
    logs = [0.0] * labels
    for label, skill in said:
        weights[label] += skill
        sure = min(max(skill, SKILL_LEAST), 1 - SKILL_LEAST)
        for other in range(labels):
            if other == label:
                logs[other] += math.log(sure)
            else:
                logs[other] += math.log((1 - sure) / (labels - 1))
    winner = weights.index(max(weights))
    return winner, 1.0 if labels == 1 else _share(logs, winner)


def _share(logs: Sequence[float], of: int) -> float:
    top = max(logs)
    return math.exp(logs[of] - top) / sum(math.exp(value - top) for value in logs)


def skill_of(skills: Mapping[str, float], user_id: str) -> float:
    """How often somebody is right, 0 to 1; one half where nobody knows."""
    value = skills.get(user_id)
    return UNKNOWN_SKILL if value is None else value / 100


Numbers = tuple[int, ...]
"""An answer: of each field the number of its value, -1 where there is none."""
Said = Sequence[tuple[Numbers, float]]
"""What was answered to a task, and the skill of who answered so."""


def numbered(values: Mapping[str, Any], fields: Labels) -> Numbers:
    """An answer by the numbers of its values."""
    return tuple(
        -1 if (value := values.get(name)) is None else labels.index(value) for name, labels in fields.items()
    )


def weighed(said: Said, fields: Labels) -> tuple[dict[str, Any], float]:
    """What a task comes to, and how sure that is: each field by itself, and the product of how sure each is.

    A field that nobody has answered is not there; without any it is not sure at all.
    """
    values: dict[str, Any] = {}
    sure = 1.0
    for n, (name, labels) in enumerate(fields.items()):
        voices = [(numbers[n], skill) for numbers, skill in said if numbers[n] >= 0]
        if voices:
            winner, confidence = weighted(voices, len(labels))
            values[name] = labels[winner]
            sure *= confidence
    return values, sure if values else 0.0


def known_before(content: Mapping[str, Any], fields: Labels) -> Said:
    """What was said of a task before anybody was asked: each counts as an answer of somebody as sure as it says."""
    return [
        (
            numbered(one["output_values"], fields),
            1.0 if (sure := one.get("confidence_weight")) is None else float(sure),
        )
        for one in content.get("baseline_solutions") or ()
    ]
