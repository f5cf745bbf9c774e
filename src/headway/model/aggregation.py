"""From several answers to one: what people most likely mean, and how sure that is. Pure.

Dawid and Skene's method (1979): how often each person says what where something else is right is estimated together with what
is right, in rounds, each of which makes what was answered more likely. Weighted by skill: who is more often right counts more.
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

ROUNDS_MAX = 100
TOLERANCE = 1e-5
_LEAST = 1e-10
SKILL_LEAST = 1e-6
UNKNOWN_SKILL = 0.5


class Answers(msgspec.Struct, frozen=True):
    """Who said what of which task, as numbers from 0 in each; in the order in which tasks, people and labels were met."""

    tasks: list[int]
    people: list[int]
    labels: list[int]
    sizes: tuple[int, int, int]
    """How many tasks, people and labels there are."""


class Estimate(msgspec.Struct, frozen=True):
    """What is thought after a round: how frequent each label is, and what each person says where it is right."""

    round: int
    priors: list[float]
    errors: list[list[list[float]]]
    """By person, then by the label that is right, then by the one that is said."""
    bound: float
    """How likely what was answered is, in logarithms; it rises from round to round."""
    settled: bool
    """Whether another round would change next to nothing."""


Beliefs = list[list[float]]
"""By task, how likely each label is."""


def majority(it: Answers) -> Beliefs:
    """What is believed before the first round: as many as say so."""
    beliefs = [[0.0] * it.sizes[2] for _ in range(it.sizes[0])]
    for task, label in zip(it.tasks, it.labels, strict=True):
        beliefs[task][label] += 1
    return [_shares(row) for row in beliefs]


def estimated(it: Answers, beliefs: Beliefs, before: Estimate | None) -> Estimate:
    """What follows for frequencies and people from what is believed of tasks."""
    priors = [sum(column) / len(beliefs) for column in zip(*beliefs, strict=True)]
    errors = _errors(it, beliefs)
    bound = _bound(it, beliefs, priors, errors)
    settled = before is not None and (bound - before.bound) / len(it.tasks) < TOLERANCE
    return Estimate(1 if before is None else before.round + 1, priors, errors, bound, settled)


def believed(it: Answers, estimate: Estimate) -> Beliefs:
    """What follows for tasks from what is thought of frequencies and people."""
    _, _, labels = it.sizes
    # Logarithms, since the product over many answers would be nothing.
    start = [math.log(max(prior, _LEAST)) for prior in estimate.priors]
    said = [
        [[math.log(row[label]) if row[label] > 0 else -math.inf for row in person] for label in range(labels)]
        for person in estimate.errors
    ]
    logs = [start[:] for _ in range(it.sizes[0])]
    for task, person, label in zip(it.tasks, it.people, it.labels, strict=True):
        row, more = logs[task], said[person][label]
        for right in range(labels):
            row[right] += more[right]
    return [_normal(row) for row in logs]


def _errors(it: Answers, beliefs: Beliefs) -> list[list[list[float]]]:
    _, people, labels = it.sizes
    counts = [[[0.0] * labels for _ in range(labels)] for _ in range(people)]
    used = [[False] * labels for _ in range(people)]
    for task, person, label in zip(it.tasks, it.people, it.labels, strict=True):
        used[person][label] = True
        mine = counts[person]
        for right, share in enumerate(beliefs[task]):
            mine[right][label] += share
    return [[_row(row, used[person]) for row in counts[person]] for person in range(people)]


def _row(counts: Sequence[float], used: Sequence[bool]) -> list[float]:
    """Shares of what somebody said, over the labels that they ever use."""
    floored = [max(count, _LEAST) if there else 0.0 for count, there in zip(counts, used, strict=True)]
    return _shares(floored)


def _bound(
    it: Answers, beliefs: Beliefs, priors: Sequence[float], errors: Sequence[list[list[float]]]
) -> float:
    """The evidence lower bound: what is expected of the answers and labels together, and how open the beliefs are."""
    logs = [math.log(max(prior, _LEAST)) for prior in priors]
    total = sum(
        share * (logs[label] - math.log(share))
        for row in beliefs
        for label, share in enumerate(row)
        if share > 0
    )
    for task, person, label in zip(it.tasks, it.people, it.labels, strict=True):
        mine = errors[person]
        total += sum(
            share * math.log(max(mine[right][label], _LEAST))
            for right, share in enumerate(beliefs[task])
            if share > 0
        )
    return total


def _shares(row: Sequence[float]) -> list[float]:
    whole = sum(row)
    return [value / whole for value in row] if whole else [0.0] * len(row)


def _normal(logs: Sequence[float]) -> list[float]:
    top = max(logs)
    return _shares([math.exp(value - top) for value in logs])


def weighted(said: Sequence[tuple[int, float]], labels: int) -> tuple[int, float]:
    """The label that has the most skill behind it, and how likely it is right; of equal ones the first.

    `said` has for each person the label, and their skill from 0 to 1. A label that has the most skill behind it need not be the
    most likely: this is the vendor's rule.
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
    return winner, 1.0 if labels == 1 else _normal(logs)[winner]


def skill_of(skills: Mapping[str, float], user_id: str) -> float:
    """How often somebody is right, 0 to 1; one half where nobody knows."""
    value = skills.get(user_id)
    return UNKNOWN_SKILL if value is None else value / 100
