"""Which cases a trial is tried in: undisturbed, failing at each step, cancelled; and in each of them killed, moment by moment."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from headway.testing.simulation.killing import BACK, ELSEWHERE, ZOMBIE, Case, Life, live
from headway.testing.trial import Trial

CANCELS_MAX = 12
"""At so many moments of an undisturbed run it is cancelled, at most."""
CANCELS_SHARE = 16
"""One in so many cases, at most, is for another moment of a cancel."""
WEIGHT = 3
"""So many times more cases where nothing else goes wrong, or a step fails, than for each moment of a cancel."""


def tried(trial: Trial[Any, Any], *, cases_max: int, zombies: bool = False) -> Iterator[Life]:
    """What became of it in each case: about `cases_max` of them, the moments around each commit before all others."""
    for n in range(len(trial.asks)):
        yield from _asked(trial, Case(ask=n), cases_max // len(trial.asks), zombies=zombies)


def again(trial: Trial[Any, Any], case: Case) -> Life:
    """The same once more."""
    quiet = live(trial, Case(ask=case.ask))
    return quiet if quiet.rule or case == quiet.case else live(trial, case, quiet.left)


def _asked(trial: Trial[Any, Any], plain: Case, cases_max: int, *, zombies: bool) -> Iterator[Life]:
    quiet = live(trial, plain)
    yield quiet
    if quiet.rule is not None:
        return
    fails = [msgspec.structs.replace(plain, fails=n + 1) for n in range(len(trial.type.steps))]
    cancels_max = max(1, min(CANCELS_MAX, cases_max // CANCELS_SHARE))
    cancels = [msgspec.structs.replace(plain, cancels=at) for at in moments(quiet, cancels_max)]
    parts = WEIGHT * (1 + len(fails)) + len(cancels)
    each = max(1, (cases_max - len(fails) - len(cancels)) // parts)
    yield from _killed(trial, quiet, quiet.left, WEIGHT * each, zombies=zombies)
    for base in (*fails, *cancels):
        first = live(trial, base, quiet.left)
        yield first
        if first.rule is None:
            count = each if base.cancels else WEIGHT * each
            yield from _killed(trial, first, quiet.left, count, zombies=zombies)


def _killed(trial: Trial[Any, Any], first: Life, wanted: Any, count: int, *, zombies: bool) -> Iterator[Life]:
    ways = (BACK, ELSEWHERE, ZOMBIE) if zombies else (BACK, ELSEWHERE)
    for n, at in enumerate(moments(first, count)):
        yield live(trial, msgspec.structs.replace(first.case, dies=at, then=ways[n % len(ways)]), wanted)


def moments(life: Life, count: int) -> Sequence[int]:
    """So many moments of a life, in their order: those around each commit, and as many others as there is room for."""
    begin = (life.case.cancels or 0) + 1
    every = range(begin, life.moments + 1)
    around = sorted({at for it in life.commits for at in (it, it + 1)} & set(every))
    if len(around) >= count:
        return spread(around, count)
    others = sorted(set(every) - set(around))
    return sorted({*around, *spread(others, count - len(around))})


def spread(moments: Sequence[int], count: int) -> list[int]:
    """So many of them, evenly."""
    if len(moments) <= count:
        return list(moments)
    return [moments[n * len(moments) // count] for n in range(count)]
