"""A type is a frozen table."""

import msgspec
import pytest

from headway.engine.declare import Again
from tests.engine.plays import play


def test_a_type_is_frozen() -> None:
    with pytest.raises(AttributeError):
        play("a").name = "other"  # type: ignore[misc]


def test_a_step_that_says_nothing_else_is_patient_and_can_be_stopped() -> None:
    (step,) = play("a").steps
    assert step.interruptible
    assert step.weight == 1
    assert msgspec.structs.asdict(Again()) == {
        "attempts_max": 5,
        "first_seconds": 0.2,
        "pause_seconds_max": 30,
    }
