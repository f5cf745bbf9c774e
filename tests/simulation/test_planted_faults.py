"""Each safeguard of the engine, taken out on purpose, is missed by the simulation within a few seeds."""

from random import Random

import pytest

from headway.testing.simulation.town import Setting, drawn, perform
from tests.simulation.faults import FAULTS, Fault

SEEDS_MAX = 40


def broken(fault: Fault, seed: int) -> str | None:
    """Which invariant does not hold in this seed."""
    setting = drawn(Random(f"{seed} setting"))
    if fault.lines:
        setting = Setting(lines=fault.lines, one_machine=False)
    return perform(fault.script, setting, seed=seed).breach


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_a_planted_fault_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    fault.plant(monkeypatch)
    found = next((it for seed in range(1, SEEDS_MAX + 1) if (it := broken(fault, seed))), None)
    assert found in fault.found_by
