"""From several answers to one, in rounds. That it is what crowd-kit finds is shown in `tests/parity/toloka/crowdkit/`."""

import itertools
import random

import msgspec
import pytest

from headway.model.aggregation import (
    ROUNDS_MAX,
    Answers,
    Crowd,
    Estimate,
    believed,
    crowd_of,
    likeliest,
    majority,
    next_round,
)


def answers(rows: list[tuple[int, int, int]]) -> Crowd:
    tasks, people, labels = (list(column) for column in zip(*rows, strict=True))
    return crowd_of(Answers(tasks, people, labels, (max(tasks) + 1, max(people) + 1, max(labels) + 1)))


def crowd(tasks: int, each: int, labels: int, seed: int = 7) -> list[tuple[int, int, int]]:
    """People of whom some are seldom right."""
    lot = random.Random(seed)
    truth = [lot.randrange(labels) for _ in range(tasks)]
    rights = [lot.choice((0.9, 0.8, 0.4)) for _ in range(20)]
    return [
        (task, person, truth[task] if lot.random() < rights[person] else lot.randrange(labels))
        for task in range(tasks)
        for person in lot.sample(range(20), each)
    ]


def rounds(it: Crowd) -> list[Estimate]:
    found = [next_round(it, None)]
    while not found[-1].settled and found[-1].round < ROUNDS_MAX:
        found.append(next_round(it, found[-1]))
    return found


def sure(it: Crowd) -> dict[int, tuple[int, float]]:
    return dict(zip(it.order, likeliest(believed(it, rounds(it)[-1])), strict=True))


def test_first_it_is_believed_what_most_say() -> None:
    it = answers([(0, 0, 1), (0, 1, 1), (0, 2, 0), (1, 0, 0)])
    found = dict(zip(it.order, zip(*majority(it), strict=True), strict=True))
    assert found == {0: (pytest.approx(1 / 3), pytest.approx(2 / 3)), 1: (1, 0)}


def test_of_equally_likely_ones_it_is_the_first() -> None:
    assert list(likeliest([[0.5, 0.2], [0.5, 0.8]])) == [(0, 0.5), (1, 0.8)]


def test_each_round_explains_what_was_answered_better() -> None:
    estimates = rounds(answers(crowd(300, 3, 3)))
    bounds = [it.bound for it in estimates[1:-1] if it.bound is not None]
    assert len(bounds) > 3
    assert all(after > before for before, after in itertools.pairwise(bounds))


def test_a_round_that_would_change_next_to_nothing_is_the_last_and_changes_nothing() -> None:
    *_, before, last = rounds(answers(crowd(200, 3, 3)))
    assert last == msgspec.structs.replace(before, settled=True)


def test_beliefs_are_shares() -> None:
    it = answers(crowd(100, 3, 4))
    for row in zip(*believed(it, rounds(it)[-1]), strict=True):
        assert sum(row) == pytest.approx(1)


def test_it_goes_on_from_an_estimate_that_was_written_down_as_if_it_had_never_stopped() -> None:
    it = answers(crowd(200, 3, 3))
    straight = rounds(it)
    read = msgspec.json.decode(msgspec.json.encode(straight[4]), type=Estimate)
    assert next_round(answers(crowd(200, 3, 3)), read) == straight[5]


def test_the_order_of_the_answers_does_not_matter() -> None:
    rows = crowd(200, 3, 3)
    shuffled = random.Random(1).sample(rows, len(rows))
    one, other = sure(answers(rows)), sure(answers(shuffled))
    assert {task: label for task, (label, _) in one.items()} == {
        task: label for task, (label, _) in other.items()
    }
    assert [one[task][1] for task in sorted(one)] == pytest.approx(
        [other[task][1] for task in sorted(one)], abs=1e-9
    )


def test_a_task_with_thousands_of_answers_stands_beside_tasks_with_few() -> None:
    lot = random.Random(3)
    rows = [(0, person, 1 if lot.random() < 0.7 else 0) for person in range(9000)]
    rows += [(task, person, 0) for task in range(1, 40) for person in range(task % 5, task % 5 + 2)]
    found = sure(answers(rows))
    assert found[0] == (1, pytest.approx(1.0))
    assert len(found) == 40


def test_one_answer_is_enough_to_go_on() -> None:
    assert sure(answers([(0, 0, 0)])) == {0: (0, 1.0)}
