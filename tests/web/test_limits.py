"""How often somebody may ask."""

import pytest

from headway.errors import TooMany, Unavailable
from headway.web.limits import (
    GUESSES_FROM_ADDRESS_PER_MINUTE,
    GUESSES_OF_ACCOUNT_PER_MINUTE,
    Guesses,
    Limits,
    Places,
)
from tests.ready_made import HandClock


class Still(HandClock):
    """A clock that only moves by hand."""

    def monotonic(self) -> float:
        return float(self.ahead)


def test_a_minutes_worth_may_come_at_once_and_no_more() -> None:
    limits = Limits(Still(), 3)
    for _ in range(3):
        limits.count("a")
    with pytest.raises(TooMany) as refused:
        limits.count("a")
    assert refused.value.retry_after == 20


def test_askers_do_not_use_up_each_others_share() -> None:
    limits = Limits(Still(), 1)
    limits.count("a")
    limits.count("b")


def test_who_waits_may_ask_again() -> None:
    clock = Still()
    limits = Limits(clock, 3)
    for _ in range(3):
        limits.count("a")
    clock.ahead += 20
    limits.count("a")
    with pytest.raises(TooMany):
        limits.count("a")


def test_asking_in_vain_does_not_make_the_wait_longer() -> None:
    clock = Still()
    limits = Limits(clock, 1)
    limits.count("a")
    for _ in range(5):
        with pytest.raises(TooMany):
            limits.count("a")
    clock.ahead += 60
    limits.count("a")


def test_of_very_many_askers_those_of_long_ago_are_forgotten() -> None:
    limits = Limits(Still(), 1)
    for asker in range(10_001):
        limits.count(asker)
    limits.count(0)
    with pytest.raises(TooMany):
        limits.count(10_000)


def test_places_are_refused_when_all_are_taken_and_free_again_afterwards() -> None:
    places = Places(1)
    with places.taken():
        with pytest.raises(Unavailable, match="too many requests at once") as refused, places.taken():
            pass
        assert refused.value.retry_after == 1
    with places.taken():
        pass


def test_who_waits_lets_another_one_have_the_place() -> None:
    places = Places(1)
    with places.taken():
        with places.aside(), places.taken():
            pass
        with pytest.raises(Unavailable), places.taken():
            pass


def test_guessing_is_slow_for_one_account_from_anywhere_and_from_one_address_for_anybody() -> None:
    clock = Still()
    guesses = Guesses(clock)
    for n in range(GUESSES_OF_ACCOUNT_PER_MINUTE):
        guesses.count("Admin", f"10.0.0.{n}")
    with pytest.raises(TooMany):
        guesses.count("admin", "10.0.1.1")
    for n in range(GUESSES_FROM_ADDRESS_PER_MINUTE):
        guesses.count(f"somebody-{n}", "10.0.2.1")
    with pytest.raises(TooMany):
        guesses.count("somebody-else", "10.0.2.1")
    clock.ahead += 60
    guesses.count("admin", "10.0.2.1")
