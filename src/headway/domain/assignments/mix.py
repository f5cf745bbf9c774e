"""Which tasks come together when somebody asks for work in a pool that mixes: pure."""

import random
from collections.abc import Mapping, Sequence

from headway.model.pools import Mixer
from headway.model.tasks import Kind, Task

LOOKED_AT_MAX = 200
"""Of so many free tasks of a kind some are taken."""


def wanted(mixer: Mixer, kind: Kind) -> tuple[int, int]:
    """At least how many of a kind, and at most."""
    most, least = {
        Kind.GENERAL: (mixer.real_tasks_count, mixer.min_real_tasks_count),
        Kind.CONTROL: (mixer.golden_tasks_count, mixer.min_golden_tasks_count),
        Kind.TRAINING: (mixer.training_tasks_count, mixer.min_training_tasks_count),
    }[kind]
    return (most if least is None else least), most


def mixed(
    mixer: Mixer, free: Mapping[Kind, Sequence[Task]], lot: random.Random, *, may_be_short: bool
) -> list[Task] | None:
    """The suite, in its order; None where there are not enough.

    With general tasks it `may_be_short` once the last ones are left; of the others there are always enough.
    """
    chosen: list[Task] = []
    for kind in (Kind.TRAINING, Kind.CONTROL, Kind.GENERAL):
        least, most = wanted(mixer, kind)
        picked = _picked(mixer, free[kind], most, lot)
        enough = len(picked) >= least or (kind is Kind.GENERAL and may_be_short and bool(picked))
        if not enough:
            return None
        chosen += picked
    if mixer.shuffle_tasks_in_task_suite is not False:
        lot.shuffle(chosen)
    return chosen or None


def _picked(mixer: Mixer, free: Sequence[Task], most: int, lot: random.Random) -> list[Task]:
    if mixer.mix_tasks_in_creation_order or len(free) <= most:
        return list(free[:most])
    return lot.sample(list(free), most)
