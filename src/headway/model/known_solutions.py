"""Control tasks made of answers: which tasks, and what a copy of one says. Pure."""

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from headway.ids import show

T = TypeVar("T")
LEFT_OUT = {"known_solutions", "baseline_solutions", "message_on_unknown_solution", "origin_task_id"}
COUNT_MAX = 100_000


def balanced(sure: Sequence[tuple[str, T]], count: int) -> list[T]:
    """So many of them at most, evenly from each label as far as there are enough; of one label those that come first."""
    by_label: defaultdict[str, list[T]] = defaultdict(list)
    for label, it in sure:
        by_label[label].append(it)
    turns = itertools.zip_longest(*(by_label[label] for label in sorted(by_label)))
    return [it for turn in turns for it in turn if it is not None][:count]


def usual_count(tasks: int) -> int:
    """How many control tasks are made where nobody says: a tenth of the tasks."""
    return max(1, -(-tasks // 10))


def copied(task_id: int, content: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a control task that asks the same and knows the answer."""
    kept = {name: value for name, value in content.items() if name not in LEFT_OUT}
    known = [{"output_values": dict(values), "correctness_weight": 1}]
    return {**kept, "known_solutions": known, "origin_task_id": show(task_id)}
