"""From rounds to comparisons: medians, ranges, ratios, and whether a target is met. Nothing here measures."""

import statistics
from collections.abc import Iterator

import msgspec

from bench.contest import Ahead, Measure, Outcome, Target, Within

INFINITE = float(1 << 53)
"""None at all beside some: JSON knows no infinity."""


class Spread(msgspec.Struct, frozen=True):
    """Several values of one thing."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        spread = f" [{_short(self.low)} to {_short(self.high)}]" if self.low < self.high else ""
        return f"{_short(self.median)}{spread}"


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What one has reached, beside ours. `met` is None where nothing is aimed at, or it could not be measured."""

    measure: Measure
    contender: str
    """Who is looked at: a rival, a limit, a bound, or the candidate itself, which is compared with nobody."""
    reached: Spread | None
    ratio: Spread | None = None
    ours: str = ""
    """Over whom, where it is not the candidate."""
    target: float | None = None
    met: bool | None = None


class Row(msgspec.Struct, frozen=True):
    """A line of the JSON."""

    benchmark: str
    rival: str
    ratio: float | None
    target: float | None
    met: bool | None


def comparisons(outcome: Outcome) -> Iterator[Comparison]:
    """Measure by measure: the candidate, then everybody who knows the measure, then bounds."""
    candidate = outcome.benchmark.contenders[0].name
    for measure in outcome.benchmark.measures:
        aims = [aim for aim in outcome.benchmark.targets if aim.measure == measure.name]
        for contender in (it.name for it in outcome.benchmark.contenders):
            yield from _beside(outcome, measure, candidate, contender, aims)
        yield from (_bound(outcome, measure, aim, candidate) for aim in aims if isinstance(aim, Within))


def rows(outcome: Outcome) -> Iterator[Row]:
    """What the JSON says: every ratio, and every target, measured or not."""
    for it in comparisons(outcome):
        if it.ratio is not None or it.target is not None:
            name = f"{outcome.benchmark.name}: {it.measure.name}" + (f", {it.ours}" if it.ours else "")
            yield Row(name, it.contender, None if it.ratio is None else it.ratio.median, it.target, it.met)


def _beside(
    outcome: Outcome, measure: Measure, candidate: str, contender: str, aims: list[Target]
) -> Iterator[Comparison]:
    reached = _values(outcome, contender, measure)
    aimed = [aim for aim in aims if isinstance(aim, Ahead) and aim.rival == contender]
    if not aimed and reached and contender == candidate:
        yield Comparison(measure=measure, contender=contender, reached=_spread(reached))
    elif not aimed and reached:
        ratio = _ratio(_values(outcome, candidate, measure), reached, measure)
        yield Comparison(measure=measure, contender=contender, reached=_spread(reached), ratio=ratio)
    for aim in aimed:
        ratio = _ratio(_values(outcome, aim.ours or candidate, measure), reached, measure)
        yield Comparison(
            measure=measure,
            contender=contender,
            reached=_spread(reached) if reached else None,
            ratio=ratio,
            ours=aim.ours,
            target=aim.times,
            met=None if ratio is None else ratio.median >= aim.times,
        )


def _bound(outcome: Outcome, measure: Measure, aim: Within, candidate: str) -> Comparison:
    values = _values(outcome, aim.ours or candidate, measure)
    ratio = _ratio(values, [aim.bound] * len(values), measure)
    return Comparison(
        measure=measure,
        contender=f"{'at least' if measure.more_is_better else 'at most'} {_short(aim.bound)} {measure.unit}",
        reached=None,
        ratio=ratio,
        ours=aim.ours,
        target=1.0,
        met=None if ratio is None else ratio.median >= 1,
    )


def _values(outcome: Outcome, contender: str, measure: Measure) -> list[float]:
    taken = outcome.taken.get(contender, [])
    return [figures[measure.name] for figures in taken if measure.name in figures]


def _ratio(ours: list[float], theirs: list[float], measure: Measure) -> Spread | None:
    """Of the medians; its range is that of the rounds, each beside the other's of the same number."""
    if not ours or not theirs:
        return None
    pairs = [(statistics.median(ours), statistics.median(theirs)), *zip(ours, theirs, strict=False)]
    median, *each = [_over(*pair, measure) for pair in pairs]
    return Spread(median, min(each), max(each))


def _over(ours: float, theirs: float, measure: Measure) -> float:
    upper, lower = (ours, theirs) if measure.more_is_better else (theirs, ours)
    if lower:
        return upper / lower
    return 1.0 if not upper else INFINITE


def _spread(values: list[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def _short(value: float) -> str:
    if value == INFINITE:
        return "∞"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    if 0 < abs(value) < 0.1:
        digits = 4
    return f"{value:,.{digits}f}"
