"""Types by the line, and by chance."""

from random import Random

from headway.testing.simulation.plays import lines, play


def test_a_line_is_a_type() -> None:
    type = play("a:keep/plain b:bare/plain record:plain", "test.one")
    assert [step.title for step in type.steps] == ["a", "b"]
    assert [step.interruptible for step in type.steps] == [False, True]
    assert [step.undo is None for step in type.steps] == [False, True]
    assert type.record is not None
    assert type.record_failure is None


def test_the_seed_makes_the_lines() -> None:
    assert lines(Random("x")) == lines(Random("x")) != lines(Random("y"))
