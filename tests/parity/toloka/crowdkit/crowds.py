"""Seeded crowds: who says what of which task, and what is right. No library is needed, and every Python makes the same.

Each person has a confusion matrix: how often they say what where something is right.
"""

import random
from typing import NamedTuple


class Asked(NamedTuple):
    """How large a crowd is."""

    tasks: int
    least: int
    """Each task has at least so many answers,"""
    most: int
    """and at most so many."""
    labels: int
    people: int
    careless: float
    """Which share of them is wrong more often than right."""
    seed: int


CROWDS = {
    "three answers, three labels": Asked(1000, 3, 3, 3, 25, 0.3, 1),
    "many labels": Asked(400, 3, 3, 5, 25, 0.2, 2),
    "two labels": Asked(300, 5, 5, 2, 40, 0.4, 3),
    "one to seven answers": Asked(300, 1, 7, 4, 30, 0.3, 4),
    "so few that it ends at the limit": Asked(12, 3, 3, 3, 5, 0.6, 5),
    "many answers to a task": Asked(30, 40, 60, 3, 70, 0.5, 6),
    "the careless are many": Asked(200, 5, 5, 3, 12, 0.7, 7),
    "four answers of each person": Asked(400, 3, 3, 5, 300, 0.2, 2),
}


def crowd(it: Asked) -> tuple[list[tuple[int, int, int]], list[int]]:
    """The answers, as task, person and label; and what is right of each task."""
    # Only `random()` is promised to be the same in every Python.
    lot = random.Random(it.seed)
    truth = [_below(lot, it.labels) for _ in range(it.tasks)]
    rows = [_matrix(lot, it) for _ in range(it.people)]
    answers: list[tuple[int, int, int]] = []
    for task, right in enumerate(truth):
        count = it.least + _below(lot, it.most - it.least + 1)
        people = sorted(range(it.people), key=lambda _: lot.random())[:count]
        answers += [(task, person, _drawn(lot, rows[person][right])) for person in people]
    return answers, truth


def _below(lot: random.Random, count: int) -> int:
    return int(lot.random() * count)


def _matrix(lot: random.Random, it: Asked) -> list[list[float]]:
    sure = 0.2 + 0.2 * lot.random() if lot.random() < it.careless else 0.7 + 0.25 * lot.random()
    matrix: list[list[float]] = []
    for right in range(it.labels):
        wrong = [0.1 + lot.random() for _ in range(it.labels)]
        wrong[right] = 0
        whole = sum(wrong)
        matrix.append([sure if n == right else (1 - sure) * w / whole for n, w in enumerate(wrong)])
    return matrix


def _drawn(lot: random.Random, shares: list[float]) -> int:
    left = lot.random()
    for label, share in enumerate(shares):
        left -= share
        if left < 0:
            return label
    return len(shares) - 1
