import pytest

from bench.contest import Ahead, Benchmark, Contender, Figures, Measure, Outcome, Target, Within, steady
from bench.ratios import Row, comparisons, rows

RATE = Measure("rate", "a second")
MEMORY = Measure("memory", "MB", more_is_better=False)


def outcome(taken: dict[str, list[Figures]], *targets: Target) -> Outcome:
    contenders = tuple(Contender(name, steady(lambda place: {})) for name in ("ours", "twice", "rival"))
    return Outcome(
        Benchmark(name="b", measures=(RATE, MEMORY), contenders=contenders, targets=targets), taken, {}
    )


def test_a_ratio_is_ours_over_theirs_of_medians() -> None:
    taken: dict[str, list[Figures]] = {
        "ours": [{"rate": 10.0}, {"rate": 90.0}, {"rate": 30.0}],
        "rival": [{"rate": 10.0}, {"rate": 10.0}, {"rate": 5.0}],
    }
    *_, it = comparisons(outcome(taken))
    assert it.ratio is not None
    assert (it.ratio.median, it.ratio.low, it.ratio.high) == (3, 1, 9)


def test_where_less_is_better_a_ratio_is_theirs_over_ours() -> None:
    taken: dict[str, list[Figures]] = {"ours": [{"memory": 20.0}], "rival": [{"memory": 60.0}]}
    assert list(rows(outcome(taken))) == [Row("b: memory", "rival", 3.0, None, None)]


@pytest.mark.parametrize(("times", "met"), [(2.0, True), (2.1, False)])
def test_a_target_beside_a_rival_is_met_or_not(times: float, met: bool) -> None:
    taken: dict[str, list[Figures]] = {"ours": [{"rate": 20.0}], "rival": [{"rate": 10.0}]}
    aim = Ahead(measure="rate", rival="rival", times=times)
    assert list(rows(outcome(taken, aim))) == [Row("b: rate", "rival", 2.0, times, met)]


def test_a_bound_is_a_rival_that_always_reaches_it() -> None:
    taken: dict[str, list[Figures]] = {"ours": [{"memory": 40.0}]}
    assert list(rows(outcome(taken, Within(measure="memory", bound=60)))) == [
        Row("b: memory", "at most 60 MB", 1.5, 1.0, True)
    ]


def test_a_target_of_another_of_ours_is_named_with_it() -> None:
    taken: dict[str, list[Figures]] = {"ours": [{"rate": 20.0}], "twice": [{"rate": 30.0}]}
    aim = Ahead(measure="rate", rival="ours", times=1, ours="twice")
    assert Row("b: rate, twice", "ours", 1.5, 1, True) in list(rows(outcome(taken, aim)))


def test_a_target_whose_rival_could_not_be_had_is_told_as_not_measured() -> None:
    taken: dict[str, list[Figures]] = {"ours": [{"rate": 20.0}]}
    aim = Ahead(measure="rate", rival="rival", times=1)
    assert list(rows(outcome(taken, aim))) == [Row("b: rate", "rival", None, 1, None)]


def test_none_at_all_beside_some_is_a_ratio_that_json_can_say() -> None:
    taken: dict[str, list[Figures]] = {"ours": [{"memory": 0.0}], "rival": [{"memory": 3.0}]}
    (row,) = rows(outcome(taken))
    assert row.ratio == 2**53
    (_, it) = comparisons(outcome(taken))
    assert str(it.ratio) == "∞"
