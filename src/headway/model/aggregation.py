"""From several answers to one, by Dawid and Skene's method (1979): what people most likely mean, and how sure that is. Pure.

How often each person says what where something else is right is estimated together with what is right, in rounds, each of
which makes what was answered more likely. It begins with what most people say.

Every inner loop runs within C (`map` over columns), some thousand answers at a time: so it is as fast as with an array library,
and a thread that does it lets others run.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import add, itemgetter, mul, sub, truediv
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
ROUNDS_MAX = 100
TOLERANCE = 1e-5
_LEAST = 1e-10
_AT_ONCE = 8192
"""So many answers are looked at within C before others may run."""
_FACTORS_MAX = 12
"""So many factors, none below 1e-24, have a product that a number can hold."""


class Answers(msgspec.Struct, frozen=True):
    """Who said what of which task, as numbers from 0 in each. Every task and every label occurs."""

    tasks: Sequence[int]
    people: Sequence[int]
    labels: Sequence[int]
    sizes: tuple[int, int, int]
    """How many tasks, people and labels there are."""


Picker = Callable[[Sequence[T]], Sequence[T]]
"""Picks elements, always the same: the quickest way to do so."""


class Block(msgspec.Struct, frozen=True):
    """Some tasks with equally many answers. A voice is a person who says a label."""

    size: int
    columns: list[Picker[Any]]
    """Picks from what belongs to voices that of the first one about each task, of the second, and so on."""


class Hearing(msgspec.Struct, frozen=True):
    """Some voices, one after another."""

    places: Picker[Any]
    """Picks from what belongs to tasks that of those which the first voice is about, then of the second, and so on."""
    spans: list[slice]
    """Where among them those of each voice are."""


class Crowd(msgspec.Struct, frozen=True):
    """The same answers, put so that a round is quick."""

    order: list[int]
    """The tasks, block by block."""
    blocks: list[Block]
    hearings: list[Hearing]
    said: list[int]
    """Of each voice, the label."""
    of_people: list[slice]
    """Which voices are those of each person."""
    owner: Picker[Any]
    """Picks from what belongs to people that of each voice's."""
    labels: int
    counts: list[int]
    """Of each task, how many answers there are."""


class Estimate(msgspec.Struct, frozen=True):
    """What is thought after a round: how frequent each label is, and what each person says where it is right."""

    round: int
    priors: list[float]
    errors: list[list[float]]
    """By the label that is right, then by voice: how often that person says that label then."""
    bound: float | None
    """How well it explains what was answered, in logarithms, the more the better; None after the first round."""
    settled: bool = False
    """Whether another round would change next to nothing."""


Beliefs = list[list[float]]
"""By label, then by task in the order of the crowd: how likely it is right."""


def crowd_of(it: Answers) -> Crowd:
    """The answers, put so."""
    tasks, _, labels = it.sizes
    codes = list(map(add, map(labels.__mul__, it.people), it.labels))
    voices = {code: voice for voice, code in enumerate(sorted(set(codes)))}
    about: list[list[int]] = [[] for _ in range(tasks)]
    for task, code in zip(it.tasks, codes, strict=True):
        about[task].append(voices[code])
    order = sorted(range(tasks), key=lambda task: len(about[task]))
    heard: list[list[int]] = [[] for _ in voices]
    for place, task in enumerate(order):
        for voice in about[task]:
            heard[voice].append(place)
    owners = [code // labels for code in voices]
    return Crowd(
        order=order,
        blocks=list(_blocks([about[task] for task in order])),
        hearings=list(_hearings(heard)),
        said=[code % labels for code in voices],
        of_people=_spans(len(list(own)) for _, own in itertools.groupby(owners)),
        owner=_picker(owners),
        labels=labels,
        counts=list(map(len, about)),
    )


def _blocks(about: list[list[int]]) -> Iterator[Block]:
    for count, same in itertools.groupby(about, len):
        while some := list(itertools.islice(same, max(1, _AT_ONCE // count))):
            yield Block(len(some), [_picker(column) for column in zip(*some, strict=True)])


def _hearings(heard: list[list[int]]) -> Iterator[Hearing]:
    start = answers = 0
    for end, places in enumerate(heard, 1):
        answers += len(places)
        if answers >= _AT_ONCE or end == len(heard):
            some = heard[start:end]
            yield Hearing(_picker(list(itertools.chain.from_iterable(some))), _spans(map(len, some)))
            start, answers = end, 0


def _picker(numbers: Sequence[int]) -> Picker[Any]:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    (only,) = numbers
    return lambda column: (column[only],)


def _spans(lengths: Iterable[int]) -> list[slice]:
    ends = list(itertools.accumulate(lengths, initial=0))
    return list(map(slice, ends[:-1], ends[1:]))


# -- rounds --------------------------------------------------------------------------------------------------


def next_round(crowd: Crowd, before: Estimate | None) -> Estimate:
    """What follows from the round before, or from what most people say; where that is next to nothing, what was before."""
    beliefs, evidence = (majority(crowd), 0.0) if before is None else _believed(crowd, before)
    totals = list(map(sum, beliefs))
    counts = [_counts(crowd, shares) for shares in beliefs]
    priors = [max(total / len(crowd.order), _LEAST) for total in totals]
    errors = [_by_person(crowd, column) for column in counts]
    if before is None:
        return Estimate(1, priors, errors, None)
    openness = evidence - _expected(counts, before.errors, totals, before.priors)
    # A label's frequency counts with every answer, not once a task: so it ends after as many rounds as crowd-kit.
    bound = (_expected(counts, errors, list(map(sum, counts)), priors) + openness) / sum(crowd.counts)
    if before.bound is not None and bound - before.bound < TOLERANCE:
        return msgspec.structs.replace(before, settled=True)
    return Estimate(before.round + 1, priors, errors, bound)


def majority(crowd: Crowd) -> Beliefs:
    """What is believed before the first round: as many as say so."""
    beliefs: Beliefs = [[] for _ in range(crowd.labels)]
    for block in crowd.blocks:
        counts = [[0] * block.size for _ in beliefs]
        for column in block.columns:
            for place, label in enumerate(column(crowd.said)):
                counts[label][place] += 1
        for belief, some in zip(beliefs, counts, strict=True):
            belief += [count / len(block.columns) for count in some]
    return beliefs


def believed(crowd: Crowd, estimate: Estimate) -> Beliefs:
    """What follows for tasks from what is thought of frequencies and people."""
    return _believed(crowd, estimate)[0]


def likeliest(beliefs: Beliefs) -> Iterator[tuple[int, float]]:
    """For each task the label that is most likely right, of equal ones the first, and how likely it is."""
    for shares in zip(*beliefs, strict=True):
        most = max(shares)
        yield shares.index(most), min(1.0, most)


def _believed(crowd: Crowd, it: Estimate) -> tuple[Beliefs, float]:
    """How likely each label is for each task; and how likely what was said of all of them is, in logarithms."""
    beliefs: Beliefs = [[] for _ in range(crowd.labels)]
    evidence = 0.0
    for block in crowd.blocks:
        few = len(block.columns) <= _FACTORS_MAX
        raw, scales = (_products if few else _exponentials)(block, it)
        wholes = list(map(sum, zip(*raw, strict=True)))
        evidence += sum(map(math.log, wholes)) + scales
        for belief, column in zip(beliefs, raw, strict=True):
            belief.extend(map(truediv, column, wholes))
    return beliefs, evidence


def _products(block: Block, it: Estimate) -> tuple[Beliefs, float]:
    """How likely it is that each label is right and these voices are heard."""
    found: Beliefs = []
    for prior, errors in zip(it.priors, it.errors, strict=True):
        likely: Iterable[float] = [prior] * block.size
        for column in block.columns:
            likely = map(mul, likely, column(errors))
        found.append(list(likely))
    return found, 0.0


def _exponentials(block: Block, it: Estimate) -> tuple[Beliefs, float]:
    """The same by logarithms, and scaled: of a product over many answers nothing would be left."""
    logs: Beliefs = []
    for prior, errors in zip(it.priors, it.errors, strict=True):
        likely, table = [math.log(prior)] * block.size, list(map(math.log, errors))
        for column in block.columns:
            likely = list(map(add, likely, column(table)))
        logs.append(likely)
    tops = [max(row) for row in zip(*logs, strict=True)]
    return [list(map(math.exp, map(sub, likely, tops))) for likely in logs], sum(tops)


def _counts(crowd: Crowd, shares: list[float]) -> list[float]:
    """How often each voice is heard where a label is right."""
    counts: list[float] = []
    for hearing in crowd.hearings:
        counts.extend(map(sum, map(hearing.places(shares).__getitem__, hearing.spans)))
    return counts


def _by_person(crowd: Crowd, counts: list[float]) -> list[float]:
    """Shares of what each person says, over the labels that they ever say."""
    floored = list(map(max, counts, itertools.repeat(_LEAST)))
    wholes = list(map(sum, map(floored.__getitem__, crowd.of_people)))
    return list(map(truediv, floored, crowd.owner(wholes)))


def _expected(
    counts: list[list[float]], errors: list[list[float]], totals: list[float], priors: list[float]
) -> float:
    """How likely so many answers and labels are, in logarithms."""
    answers = sum(
        sum(map(mul, column, map(math.log, shares))) for column, shares in zip(counts, errors, strict=True)
    )
    return answers + sum(map(mul, totals, map(math.log, priors)))
