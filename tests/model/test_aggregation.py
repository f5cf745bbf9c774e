"""From several answers to one."""

import itertools
import random

import pytest

from headway.model.aggregation import (
    ROUNDS_MAX,
    Answers,
    Beliefs,
    Estimate,
    believed,
    estimated,
    majority,
    skill_of,
    weighted,
)

OK, BAD, NOT_FOUND = range(3)


@pytest.mark.parametrize(
    ("said", "winner", "confidence"),
    [
        ([(OK, 0.7), (OK, 0.9)], OK, 0.977),
        ([(OK, 0.7), (BAD, 0.9)], BAD, 0.761),
        ([(OK, 0.7), (BAD, 0.9), (BAD, 0.8)], BAD, 0.962),
        ([(OK, 1.0), (BAD, 1.0)], OK, 0.5),
    ],
)
def test_by_skill_as_the_vendor_documents_it(
    said: list[tuple[int, float]], winner: int, confidence: float
) -> None:
    found = weighted(said, 3)
    assert found[0] == winner
    assert found[1] == pytest.approx(confidence, abs=0.0005)


def test_the_one_with_most_skill_behind_it_need_not_be_the_most_likely() -> None:
    assert weighted([(OK, 0.5), (OK, 0.5), (BAD, 0.95)], 2) == (OK, pytest.approx(0.05))


def test_of_one_label_one_is_sure() -> None:
    assert weighted([(0, 0.5)], 1) == (0, 1.0)


def test_somebody_whose_skill_nobody_knows_is_right_half_the_time() -> None:
    assert (skill_of({"ann": 80}, "ann"), skill_of({}, "bob")) == (0.8, 0.5)


def crowd(tasks: int, each: int, labels: int, seed: int = 7) -> tuple[Answers, list[int]]:
    """People of whom some are seldom right; and what is."""
    lot = random.Random(seed)
    truth = [lot.randrange(labels) for _ in range(tasks)]
    rights = [lot.choice((0.9, 0.8, 0.4)) for _ in range(20)]
    rows = [
        (task, person, truth[task] if lot.random() < rights[person] else lot.randrange(labels))
        for task in range(tasks)
        for person in lot.sample(range(20), each)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return Answers(columns[0], columns[1], columns[2], (tasks, 20, labels)), truth


def run(it: Answers) -> tuple[Beliefs, list[Estimate]]:
    beliefs, estimates = majority(it), list[Estimate]()
    while not estimates or (not estimates[-1].settled and len(estimates) < ROUNDS_MAX):
        estimates.append(estimated(it, beliefs, estimates[-1] if estimates else None))
        beliefs = believed(it, estimates[-1])
    return beliefs, estimates


def right(beliefs: Beliefs, truth: list[int]) -> float:
    return sum(row.index(max(row)) == label for row, label in zip(beliefs, truth, strict=True)) / len(truth)


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_it_is_right_at_least_as_often_as_the_majority(labels: int) -> None:
    it, truth = crowd(1000, 3, labels)
    assert right(run(it)[0], truth) >= right(majority(it), truth)


def test_each_round_makes_what_was_answered_more_likely() -> None:
    bounds = [it.bound for it in run(crowd(300, 3, 3)[0])[1]]
    assert all(after >= before - 1e-6 for before, after in itertools.pairwise(bounds))


def test_beliefs_are_shares() -> None:
    for row in run(crowd(100, 3, 4)[0])[0]:
        assert sum(row) == pytest.approx(1)


def test_it_goes_on_from_an_estimate_as_if_it_had_never_stopped() -> None:
    it, _ = crowd(200, 3, 3)
    beliefs, estimates = run(it)
    assert believed(it, estimates[-1]) == beliefs
