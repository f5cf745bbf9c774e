"""A breach names an invariant that is known."""

import pytest

from headway.testing.simulation.breach import INVARIANTS, Breach, hold


def test_a_breach_names_what_did_not_hold() -> None:
    hold("one-end", holds=True)
    with pytest.raises(Breach) as breach:
        hold("one-end", holds=False)
    assert breach.value.invariant == "one-end"
    assert breach.value.text == INVARIANTS["one-end"]
    with pytest.raises(AssertionError, match="nonsense"):
        Breach("nonsense", "")
