"""The decision after an end."""

from hypothesis import given
from hypothesis import strategies as st

from headway.config import Config
from headway.runtimes.crash_policy import Verdict, after_end

DELAYS = Config().crash_delays_seconds
WARM_UP = Config().crash_warm_up_seconds


def after(crashes, ran_seconds):
    return after_end(crashes, ran_seconds, delays_seconds=DELAYS, warm_up_seconds=WARM_UP)


def test_the_first_crash_is_followed_by_a_start_at_once():
    assert after(0, 5) == Verdict(crashes=1, delay_seconds=0)


def test_crashes_in_a_row_wait_five_minutes_more_each_time():
    assert [after(crashes, 5).delay_seconds for crashes in range(1, 12)] == [300 * n for n in range(11)]


def test_the_thirteenth_crash_in_a_row_is_the_last():
    assert after(12, 5) == Verdict(crashes=13, delay_seconds=None)


def test_a_run_that_outlives_the_warm_up_makes_earlier_crashes_forgotten():
    assert after(12, WARM_UP) == Verdict(crashes=1, delay_seconds=0)


@given(st.integers(0, 100), st.floats(0, 1e9))
def test_the_count_rises_by_one_or_begins_anew(crashes, ran):
    assert after(crashes, ran).crashes in {1, crashes + 1}
