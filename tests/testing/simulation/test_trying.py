"""Faults planted in types, each found by name; and one type that keeps its word."""

from typing import Any

import pytest

from headway.testing.simulation.killing import Life
from headway.testing.simulation.trying import again, moments, tried
from headway.testing.trial import Trial
from tests.testing import walls

CASES = 60


def broken(trial: Trial[Any, Any], rule: str) -> Life:
    """The first case in which the rule is broken."""
    return next(life for life in tried(trial, cases_max=CASES) if life.rule == rule)


def test_a_type_that_keeps_its_word_does_so_wherever_it_is_killed() -> None:
    lives = list(tried(walls.GOOD, cases_max=40))
    assert [(str(it.case), it.rule, it.told) for it in lives if it.rule] == []
    doing = {it.doing for it in lives}
    assert {"does “plaster”", "undoes “plaster”", "does “paint”"} <= doing
    assert {it.case.then for it in lives} == {"", "x"}
    assert {it.case.fails for it in lives} == {None, 1, 2}


@pytest.mark.parametrize(
    ("trial", "rule", "told"),
    [
        (walls.trial(walls.paint, walls.wash_another), "undone", "north is left"),
        (walls.trial(walls.paint, None), "undone", "north is left"),
        (walls.trial(walls.paint_over, walls.wash), "done-alike", "north is b'redred', and should be b'red'"),
        (walls.trial(walls.paint_new, walls.wash), "goes-on", "File exists"),
        (walls.trial(walls.paint, walls.wash_painted), "undo-works", "No such file"),
        (walls.trial(walls.look_at_it, None), "everything-ends", "it still does “paint”"),
        (walls.trial(walls.run_around, None), "everything-ends", "it does “paint” and never waits"),
        (walls.trial(walls.think, None), "note-kept", "“paint” returns what no JSON is"),
        (walls.trial(walls.ask_again, None), "succeeds", "it failed: paint: nobody has a brush"),
        (
            walls.trial(walls.paint, walls.wash, asks=[walls.Paint(mixed=("red", "blue"))]),
            "params-kept",
            "comes back as",
        ),
        (
            walls.trial(walls.paint, walls.wash, asks=[walls.Paint(colour="blue")], check=walls.red),
            "check",
            "succeeded: it is blu",
        ),
    ],
)
def test_a_type_that_breaks_its_word_is_found(trial: Trial[Any, Any], rule: str, told: str) -> None:
    assert told in broken(trial, rule).told


def test_a_seed_leads_to_the_same_again() -> None:
    trial = walls.trial(walls.paint_over, walls.wash)
    first = broken(trial, "done-alike")
    once_more = again(trial, first.case)
    assert (once_more.rule, once_more.told, once_more.trace) == (first.rule, first.told, first.trace)


def test_the_moments_around_each_commit_come_first() -> None:
    quiet = again(walls.GOOD, next(tried(walls.GOOD, cases_max=1)).case)
    around = {at for it in quiet.commits for at in (it, it + 1) if at <= quiet.moments}
    assert around <= set(moments(quiet, len(around)))
    assert list(moments(quiet, 1000)) == [*range(1, quiet.moments + 1)]
