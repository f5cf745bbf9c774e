"""What becomes of requests."""

from random import Random

from headway.errors import Unavailable
from headway.testing.simulation.weather import Shares, Weather


def test_a_node_that_is_cut_off_stalls_or_fails_until_the_weather_clears() -> None:
    weather = Weather(Random(1), Shares())
    assert weather.way("one.1", "one", now=1).error is None
    weather.cut("one", 9, stalls=False)
    assert isinstance(weather.way("one.1", "one", now=1).error, Unavailable)
    assert weather.way("two.1", "two", now=1).error is None
    weather.cut("*", 9, stalls=True)
    assert weather.way("two.1", "two", now=1).there > 7
    weather.clear()
    assert weather.way("one.1", "one", now=1).error is None


def test_an_answer_that_is_lost_was_carried_out() -> None:
    way = Weather(Random(1), Shares(lost=1)).way("one.1", "one", now=0)
    assert way.error is not None
    assert way.carried_out
    assert not Weather(Random(1), Shares(away=1)).way("one.1", "one", now=0).carried_out
