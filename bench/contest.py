"""A benchmark as a table, and how it is carried out: candidate and rivals by turns, round after round.

* A **benchmark** is a frozen table: what is measured, who takes part, what is aimed at.
* A **contender** is opened once (a server started, a file filled) and then asked for rounds, by turns with all
  others, so that what else the machine does weighs on all of them. The first one is the candidate.
* A **round** is what one contender reached in one go: a figure for each measure that it knows.

Ratios are ours over theirs, above 1 is better, for times and memory too; they are taken from medians of one run.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import msgspec

DISK = Path("/var/tmp")
"""Scratch that lies on a disk: `/tmp` may be memory, where a sync costs nothing."""


class Left(Exception):
    """This machine, or this checkout, cannot run the contender or the benchmark; `str()` says why."""


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much is done."""

    quick: bool = False
    """Whether it is only to show that everything works: seconds instead of minutes, and no rival is installed."""
    rounds: int = 3
    stored: int = 10_000_000
    """The most operations that `growth` stores."""

    def seconds(self, full: float, quick: float = 0.2) -> float:
        """How long one thing is measured."""
        return quick if self.quick else full


class Place(msgspec.Struct, frozen=True):
    """Where a contender works: a folder of its own on the disk, gone afterwards, and how much it is to do."""

    folder: Path
    size: Size


Figures = Mapping[str, float]
"""What a round reached, by the name of the measure."""
Round = Callable[[], Figures]


class Measure(msgspec.Struct, frozen=True):
    """Something that can be counted."""

    name: str
    unit: str
    more_is_better: bool = True


class Contender(msgspec.Struct, frozen=True):
    """Somebody who takes part: the candidate, a rival, or a limit that nobody can pass."""

    name: str
    opened: Callable[[Place], AbstractContextManager[Round]]
    """Left where it cannot be had here. Rounds may raise Left, too; then it takes no further part."""


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A target: `ours` is to reach at least `times` what `rival` does, 0.3 being 30 %."""

    measure: str
    rival: str
    times: float
    ours: str = ""
    """A contender; the candidate where nothing is said."""


class Within(msgspec.Struct, frozen=True, kw_only=True):
    """A target: at least `bound`, or at most where less is better."""

    measure: str
    bound: float
    ours: str = ""


Target = Ahead | Within


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """Everything there is to say about one benchmark before it runs."""

    name: str
    measures: tuple[Measure, ...]
    contenders: tuple[Contender, ...]
    """The first is the candidate: ratios are its own over each other's, where a target does not name another."""
    targets: tuple[Target, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What came of a benchmark."""

    benchmark: Benchmark
    taken: dict[str, list[Figures]]
    """Rounds, by contender, in the order of the table."""
    left: dict[str, str]
    """Who could take no part, or no further part, and why."""


def hold(benchmark: Benchmark, size: Size) -> Outcome:
    """Carry it out."""
    outcome = Outcome(benchmark, {}, {})
    with ExitStack() as stack:
        rounds = dict(_opened(benchmark, size, stack, outcome.left))
        for number in range(size.rounds):
            for name in [name for name in rounds if name not in outcome.left]:
                _say(f"{benchmark.name}: round {number + 1} of {size.rounds}: {name}")
                try:
                    outcome.taken.setdefault(name, []).append(rounds[name]())
                except Left as reason:
                    outcome.left[name] = str(reason)
    _say("")
    return outcome


def _opened(
    benchmark: Benchmark, size: Size, stack: ExitStack, left: dict[str, str]
) -> Iterator[tuple[str, Round]]:
    for contender in benchmark.contenders:
        _say(f"{benchmark.name}: {contender.name}")
        folder = stack.enter_context(scratch())
        try:
            yield contender.name, stack.enter_context(contender.opened(Place(folder, size)))
        except Left as reason:
            left[contender.name] = str(reason)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the disk, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="headway-bench-", dir=DISK) as folder:
        yield Path(folder)


def steady(round: Callable[[Place], Figures]) -> Callable[[Place], AbstractContextManager[Round]]:
    """The opening of a contender of which nothing lives on between its rounds."""

    @contextmanager
    def opened(place: Place) -> Iterator[Round]:
        yield lambda: round(place)

    return opened


def _say(what: str) -> None:
    """Where it stands, for who watches: erased by the next."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)
