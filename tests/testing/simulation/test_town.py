"""A simulation: the same seed, the same history, in any process; and every invariant holds."""

import os
import subprocess
import sys

import pytest

from headway.testing.simulation.town import simulate

SEEDS = 44
"""About 9,300 events, which are checked in half a minute of one core."""
GROUPS = 4
DIGEST = "from headway.testing.simulation.town import simulate; print(simulate(7, operations=10, seconds=10).digest)"


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_every_invariant_holds_after_every_event_whatever_happens(group: int) -> None:
    broken = [
        (report.seed, report.breach, report.told)
        for seed in range(1 + group, SEEDS + 1, GROUPS)
        if (report := simulate(seed)).breach
    ]
    assert not broken, "./headway simulate --seed N --trace tells what happened"


def test_the_same_seed_is_the_same_history_also_in_another_process() -> None:
    here = simulate(7, operations=10, seconds=10)
    assert here.digest == simulate(7, operations=10, seconds=10).digest
    assert here.digest != simulate(8, operations=10, seconds=10).digest
    for hashes in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": os.pathsep.join(sys.path)}
        there = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == here.digest


def test_every_outcome_is_seen() -> None:
    report = simulate(3)
    assert {"succeeded", "failed", "cancelled"} <= report.outcomes.keys()
    assert report.events > 100
