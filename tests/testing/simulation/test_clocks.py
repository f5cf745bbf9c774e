"""Clocks of machines: one time, several dates."""

from random import Random

from headway.clock import SECOND
from headway.testing.simulation.clocks import BEGIN, Dates, MachineClock
from headway.testing.simulation.loop import Loop


def test_a_date_jumps_and_the_time_does_not() -> None:
    loop = Loop(Random(1))
    dates = Dates(loop)
    one, two = MachineClock(loop, dates, "one"), MachineClock(loop, dates, "two")
    dates.jump("one", -3600)
    loop.run_until_complete(one.sleep(2))
    assert (one.now(), two.now()) == (BEGIN - 3598 * SECOND, BEGIN + 2 * SECOND)
    assert (one.monotonic(), two.monotonic()) == (2, 2)
    one.behind = 1.5
    assert one.monotonic() == 0.5
    assert dates.latest() == two.now()
