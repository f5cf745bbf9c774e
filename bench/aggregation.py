"""What several answers to a task come to, by Dawid and Skene's method: from answers in memory to a label and a confidence for each.

Both get the same answers, each in the form that it takes them in (lists of numbers, a data frame), and go as many rounds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench import rivals, script
from bench.contest import Ahead, Benchmark, Contender, Figures, Measure, Place, Round, Size, Target, Within

RIVAL = "crowd-kit"
CASES = {
    "10,000 tasks, 3 answers each, 5 labels, 100 people": (10_000, 3, 5, 100),
    "10,000 tasks, 3 answers each, 2 labels, 1,000 people": (10_000, 3, 2, 1_000),
    "100,000 tasks, 3 answers each, 3 labels, 1,000 people": (100_000, 3, 3, 1_000),
}
FIRST, _, MOST = CASES
QUICK = (200, 3, 3, 10)
MEMORY_MB = 400
"""What the largest may take, Python and all that is imported included."""


def memory(case: str) -> str:
    """The name of a measure: the most memory that the process had."""
    return f"{case}, memory"


def benchmark(_: Size) -> Benchmark:
    """The table."""
    seconds = tuple(Measure(case, "s", more_is_better=False) for case in CASES)
    targets: tuple[Target, ...] = (
        Ahead(measure=FIRST, rival=RIVAL, times=1),
        Within(measure=memory(MOST), bound=MEMORY_MB),
    )
    return Benchmark(
        name="aggregation",
        measures=(*seconds, Measure(memory(MOST), "MB", more_is_better=False)),
        contenders=(Contender("headway", _headway), Contender(RIVAL, _crowd_kit)),
        targets=targets,
    )


@contextmanager
def _headway(place: Place) -> Iterator[Round]:
    yield partial(_figures, place.size, script.OURS, "aggregation_headway")


@contextmanager
def _crowd_kit(place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "crowd-kit", *rivals.CROWD_KIT)
    yield partial(_figures, place.size, python, "aggregation_crowdkit")


def _figures(size: Size, python: Path, harness: str) -> Figures:
    taken: dict[str, float] = {}
    for case, full in CASES.items():
        tasks, answers, labels, people = QUICK if size.quick else full
        told = script.figures(
            python, harness, tasks=tasks, answers=answers, labels=labels, people=people, seed=7
        )
        taken[case] = told["seconds"]
        if case == MOST:
            taken[memory(case)] = told["megabytes"]
    return taken
