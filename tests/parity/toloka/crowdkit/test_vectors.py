"""Dawid and Skene's method beside crowd-kit's, on what that made of seeded crowds when it was recorded."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from headway.model.aggregation import (
    ROUNDS_MAX,
    Answers,
    Beliefs,
    Crowd,
    Estimate,
    believed,
    crowd_of,
    likeliest,
    majority,
    next_round,
)
from tests.parity.toloka.crowdkit.crowds import CROWDS, Asked, crowd

RECORDED = msgspec.json.decode((Path(__file__).parent / "vectors.json").read_bytes())["crowds"]
CLOSE = 1e-6
TOO_LITTLE_KNOWN = {"four answers of each person"}
"""There a vote knows better, and crowd-kit does no better either: nothing is known of people who hardly answered."""


def asked(it: Asked) -> tuple[Crowd, list[int]]:
    answers, truth = crowd(it)
    tasks, people, labels = (list(column) for column in zip(*answers, strict=True))
    seen = sorted(set(people))
    numbers = [seen.index(person) for person in people]
    return crowd_of(Answers(tasks, numbers, labels, (it.tasks, len(seen), it.labels))), truth


def estimated(it: Crowd) -> Estimate:
    now = next_round(it, None)
    while not now.settled and now.round < ROUNDS_MAX:
        now = next_round(it, now)
    return now


def by_task(it: Crowd, beliefs: Beliefs) -> list[tuple[int, float]]:
    found = dict(zip(it.order, likeliest(beliefs), strict=True))
    return [found[task] for task in sorted(found)]


def accuracy(labels: list[int], truth: list[int]) -> float:
    return sum(one == other for one, other in zip(labels, truth, strict=True)) / len(truth)


@pytest.mark.parametrize("name", CROWDS)
def test_labels_confidences_and_rounds_are_those_of_crowd_kit(name: str) -> None:
    it, _ = asked(CROWDS[name])
    now, told = estimated(it), RECORDED[name]
    beliefs = believed(it, now)
    found = by_task(it, beliefs)
    assert now.round == told["rounds"]
    assert [label for label, _ in found] == told["labels"]
    assert [sure for _, sure in found] == pytest.approx(told["confidences"], abs=CLOSE)
    first = dict(zip(it.order, beliefs[0], strict=True))
    assert [first[task] for task in sorted(first)] == pytest.approx(told["first_label"], abs=CLOSE)


@pytest.mark.parametrize("name", sorted(CROWDS.keys() - TOO_LITTLE_KNOWN))
def test_it_is_right_at_least_as_often_as_a_vote(name: str) -> None:
    it, truth = asked(CROWDS[name])
    told: dict[str, Any] = RECORDED[name]
    right = accuracy([label for label, _ in by_task(it, believed(it, estimated(it)))], truth)
    vote = accuracy([label for label, _ in by_task(it, majority(it))], truth)
    assert right >= max(vote, told["majority_accuracy"])
