"""A history is the fold of its events, and one that does not fit is a breach."""

from typing import Any

import pytest

from headway.model.operations import Actor, Event, Phase
from headway.testing.simulation.breach import Breach
from headway.testing.simulation.history import Told


def event(name: str, **data: Any) -> Event:
    return Event(seq=1, at=5, name=f"operation.{name}", operation=1, target="thing:1", by=Actor(), data=data)


def told(*more: Event) -> Told:
    it = Told(event("queued", type="test"))
    for one in (event("started", fence=1), *more):
        it.apply(one)
    return it


def test_a_history_is_folded() -> None:
    it = told(event("step_done", step=0, progress=100), event("succeeded"))
    assert (it.phase, it.step, it.progress, it.finished_at) == (Phase.SUCCEEDED, 1, 100, 5)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("fence-rises", [event("taken_over", fence=1)]),
        ("one-end", [event("succeeded"), event("failed", code="a", text="b")]),
        (
            "step-recorded-once",
            [event("step_done", step=0, progress=1), event("step_done", step=0, progress=2)],
        ),
        ("progress-rises", [event("progress", progress=9), event("progress", progress=8)]),
        ("phase-moves-on", [event("queued")]),
        ("one-end", [event("cancel_requested"), event("cancel_requested")]),
    ],
)
def test_what_does_not_fit_is_a_breach(name: str, more: list[Event]) -> None:
    with pytest.raises(Breach) as breach:
        told(*more)
    assert breach.value.invariant == name


def test_a_wish_to_cancel_is_known_to_the_next_write() -> None:
    it = told(event("cancel_requested"))
    assert not it.cancel_known
    it.apply(event("step_done", step=0, progress=1))
    assert it.cancel_known
