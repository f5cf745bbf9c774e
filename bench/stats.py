"""What it costs to measure apps: a look at all containers with what keeps it, and a request counted and told in a log.

The containers are processes that sleep, in control groups where this machine has them; all else is the platform's own,
on SQLite: the meter, the sampler, the reader of the access log, the lines in the apps' logs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench import script
from bench.contest import Benchmark, Contender, Figures, Measure, Place, Round, Size, Within

FEW, MANY = 20, 200
SAMPLES = 50
REQUESTS = 50_000
SAMPLE, ELAPSED = "a look at all", "a look at all, elapsed"
COUNTED, TOLD = "a request counted", "a request counted and told"


def benchmark(_: Size) -> Benchmark:
    """The table: the many first, because it is what is asked about."""
    return Benchmark(
        name="stats",
        measures=(
            Measure(SAMPLE, "ms of processor", more_is_better=False),
            Measure(ELAPSED, "ms", more_is_better=False),
            Measure(COUNTED, "µs of processor", more_is_better=False),
            Measure(TOLD, "µs of processor", more_is_better=False),
        ),
        contenders=tuple(
            Contender(f"{count} containers", partial(_measured, count)) for count in (MANY, FEW)
        ),
        targets=(Within(measure=SAMPLE, bound=50), Within(measure=TOLD, bound=50)),
    )


@contextmanager
def _measured(count: int, place: Place) -> Iterator[Round]:
    rounds = iter(range(place.size.rounds))

    def round() -> Figures:
        folder = place.folder / str(next(rounds))
        folder.mkdir()
        told = script.figures(
            script.OURS,
            "stats_headway",
            data=str(folder),
            containers=count,
            samples=2 if place.size.quick else SAMPLES,
            requests=1000 if place.size.quick else REQUESTS,
        )
        return {
            SAMPLE: told["sample"],
            ELAPSED: told["elapsed"],
            COUNTED: told["counted"],
            TOLD: told["told"],
        }

    yield round
