import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.clock import SECOND
from headway.errors import Invalid
from headway.model import stats
from headway.model.stats import Load, Of, Point, Slice, Traffic, Wanted, add, checked, key, series

AT = 1_700_000_100 * SECOND
LATER = AT + 3600 * SECOND


def slice_of(*parts: Slice) -> Slice:
    whole = Slice()
    for part in parts:
        whole = whole.plus(part)
    return whole


def values(one: Slice, seconds: int = 60, now: int = LATER, **wanted: object) -> list[float]:
    return [point.value for point in series([(AT, one)], Wanted(**wanted), seconds, now)]


TWO_WEBS = slice_of(
    stats.sample("web-1", 10, 100, 1),
    stats.sample("web-1", 30, 300, 3),
    stats.sample("web-2", 60, 600, 0),
    stats.sample("worker-1", 100, 1000, 0),
    stats.sample("one-off-9", 1e6, 10**9, 0),
)


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ({"metric": "cpu", "type": "web"}, 40),
        ({"metric": "cpu", "type": "web", "index": 1}, 20),
        ({"metric": "memory", "type": "web", "index": 2}, 600),
        ({"metric": "swap", "type": "web"}, 1),
        ({"metric": "cpu", "type": "worker"}, 100),
        ({"metric": "cpu", "type": "one-off"}, 1e6),
        ({"metric": "cpu"}, 60),
    ],
)
def test_a_metric_of_containers_is_the_mean_of_those_that_are_asked_for(
    wanted: dict[str, object], value: float
):
    assert values(TWO_WEBS, **wanted) == [value]


def test_where_no_container_is_meant_there_is_no_point():
    assert values(TWO_WEBS, metric="cpu", type="clock") == []
    assert values(TWO_WEBS, metric="cpu", type="web", index=3) == []
    assert values(Slice(), metric="memory") == []


REQUESTS = slice_of(
    *(stats.requests([(200, 10)]) for _ in range(90)),
    *(stats.requests([(404, 100)]) for _ in range(6)),
    *(stats.requests([(503, 1000)]) for _ in range(3)),
    stats.requests([(0, 0)]),
    stats.sample("web-1", 0, 0, 0),
    stats.sample("web-2", 0, 0, 0),
    stats.sample("worker-1", 0, 0, 0),
)


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        ({"metric": "router"}, 100),
        ({"metric": "router", "status": "2XX"}, 90),
        ({"metric": "router", "status": "1XX"}, 0),
        ({"metric": "router", "type": "worker", "index": 3, "status": "5XX"}, 3),
        ({"metric": "all"}, 100),
        ({"metric": "5XX"}, 3),
        ({"metric": "rpm_per_container"}, 50),
        ({"metric": "requests", "statistic": "media"}, 45),
    ],
)
def test_requests_are_told_per_minute(wanted: dict[str, object], value: float):
    assert values(REQUESTS, **wanted) == [value]
    if wanted["metric"] != "requests":
        assert values(REQUESTS, seconds=900, **wanted) == [pytest.approx(value / 15)]


def test_the_time_that_most_requests_did_not_exceed_is_told_to_a_twentieth():
    assert values(REQUESTS, metric="p95_response_time") == [pytest.approx(100, rel=0.06)]
    assert values(REQUESTS, metric="requests") == [pytest.approx(100, rel=0.06)]
    assert values(REQUESTS, metric="requests", statistic="p99") == [pytest.approx(1000, rel=0.06)]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=200))
def test_a_percentile_is_near_the_true_one(times: list[int]):
    one = slice_of(*(stats.requests([(200, time)]) for time in times))
    true = sorted(times)[math.ceil(0.95 * len(times)) - 1]
    assert values(one, metric="p95_response_time") == [pytest.approx(true, rel=0.06, abs=0.6)]


def test_without_requests_there_are_none_a_minute_and_no_response_time():
    quiet = stats.sample("web-1", 1, 1, 1)
    assert values(quiet, metric="router") == [0]
    assert values(quiet, metric="rpm_per_container") == [0]
    assert values(quiet, metric="p95_response_time") == []


def test_what_a_container_uses_is_told_from_the_first_sample():
    assert values(TWO_WEBS, now=AT, metric="cpu", type="web") == [40]


def test_requests_of_a_minute_that_is_not_over_are_left_out_and_a_long_slice_counts_for_as_long_as_it_has_lasted():
    assert values(REQUESTS, now=AT + 59 * SECOND, metric="all") == []
    assert values(REQUESTS, now=AT + 60 * SECOND, metric="all") == [100]
    assert values(REQUESTS, seconds=900, now=AT + 59 * SECOND, metric="all") == []
    assert values(REQUESTS, seconds=900, now=AT + 120 * SECOND, metric="all") == [50]


slices = st.builds(
    Slice,
    st.dictionaries(
        st.sampled_from(["web-1", "web-2"]),
        st.builds(Load, st.integers(1, 9), *(st.integers(0, 99),) * 3),
    ),
    st.builds(
        Traffic,
        st.dictionaries(st.integers(0, 5), st.integers(1, 9)),
        st.dictionaries(st.integers(0, 9), st.integers(1, 9)),
        st.integers(0, 99),
    ),
)


@given(slices, slices, slices)
def test_it_does_not_matter_in_which_order_slices_are_added_up(one: Slice, two: Slice, three: Slice):
    assert one.plus(two).plus(three) == three.plus(one).plus(two) == one.plus(two.plus(three))
    assert one.plus(Slice()) == Slice().plus(one)


def test_what_comes_within_a_minute_is_one_slice():
    found: Of = {}
    minute = stats.start(AT, 60)
    for at in (minute, minute + 59 * SECOND, minute + 60 * SECOND):
        add(found, key(7, at), stats.requests([(200, 1)]))
    add(found, key(8, minute), stats.requests([(200, 1)]))
    counts = {its: one.traffic.count for its, one in found.items()}
    assert counts == {(7, minute): 2, (7, minute + 60 * SECOND): 1, (8, minute): 1}


def test_slices_begin_at_round_times():
    assert stats.start(AT, 60) % (60 * SECOND) == 0
    assert AT - 60 * SECOND < stats.start(AT, 60) <= AT


def test_the_newest_hours_are_told_by_the_minute_and_longer_times_by_the_quarter():
    assert [stats.step(hours) for hours in (1, 3, 4, 72)] == [60, 60, 900, 900]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(metric="colour"), "metrics"),
        (Wanted(metric="router", status="6XX"), "status_code"),
        (Wanted(metric="requests", statistic="p50"), "statistics_type"),
    ],
)
def test_what_is_not_known_is_refused_by_its_name(wanted: Wanted, field: str):
    with pytest.raises(Invalid) as refused:
        checked(wanted)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("metric", stats.METRICS)
def test_whatever_is_measured_can_be_wanted(metric: str):
    assert checked(Wanted(metric=metric)).metric == metric
    values(TWO_WEBS.plus(REQUESTS), metric=metric, type="web")


def test_what_is_recommended_is_what_ninety_five_of_a_hundred_points_stay_below():
    points = [Point(AT, float(n)) for n in range(100, 0, -1)]
    assert stats.recommended(points, Wanted(metric="cpu"), 1000) == 95
    assert stats.recommended(points[:1], Wanted(metric="cpu"), 1000) == 100


@pytest.mark.parametrize(
    ("metric", "value"), [("cpu", 80), ("memory", 800), ("swap", 100), ("p95_response_time", 500)]
)
def test_where_nothing_was_measured_a_usual_value_is_recommended(metric: str, value: float):
    assert stats.recommended([], Wanted(metric=metric), 1000) == value
