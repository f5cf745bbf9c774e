"""The whole life of an operation: submitted (durable), claimed, performed, ended; each submitter waits for the end.

FL1 has one step; FL3 has three, each durable before the next, and five lines of log. Bodies do nothing.
"""

from bench import script
from bench.contest import Ahead, Benchmark, Contender, Figures, Measure, Place, Size, Target, Within, steady

SUBMITTERS = (1, 10, 100)
LIFECYCLES = ("FL1", "FL3")
LIMIT = "tight loop"
SECONDS = 2.0


def rate(store: str, lifecycle: str, submitters: int) -> str:
    """The name of a measure: operations a second."""
    return f"{store} {lifecycle}, {submitters} submitter{'' if submitters == 1 else 's'}"


def p50(store: str, lifecycle: str, submitters: int) -> str:
    """The name of a measure: how long one takes."""
    return f"{rate(store, lifecycle, submitters)}, p50"


def measures(store: str) -> tuple[Measure, ...]:
    """What is counted on a database."""
    cases = [(lifecycle, submitters) for lifecycle in LIFECYCLES for submitters in SUBMITTERS]
    return (
        *(Measure(rate(store, *case), "operations/s") for case in cases),
        *(Measure(p50(store, *case), "ms", more_is_better=False) for case in cases if case[1] == 1),
    )


TARGETS: tuple[Target, ...] = (
    Ahead(measure=rate("SQLite", "FL3", 100), rival=LIMIT, times=0.3),
    Within(measure=p50("SQLite", "FL3", 1), bound=1.0),
)


def benchmark(_: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="engine",
        measures=(*measures("SQLite"), Measure("disk", "syncs/s")),
        contenders=(
            Contender("headway", steady(_headway)),
            Contender(LIMIT, steady(_tight_loop)),
            Contender("disk", steady(_disk)),
        ),
        targets=TARGETS,
    )


def _figures(store: str, told: dict[str, dict[str, float]]) -> Figures:
    """From the words of a harness to measures."""
    figures: dict[str, float] = {}
    for case, values in told.items():
        lifecycle, submitters = case.split()
        figures[rate(store, lifecycle, int(submitters))] = values["rate"]
        figures[p50(store, lifecycle, int(submitters))] = values["p50"]
    return figures


def _headway(place: Place) -> Figures:
    file = place.folder / "headway.db"
    cases = [(lifecycle, submitters) for lifecycle in LIFECYCLES for submitters in SUBMITTERS]
    told = script.figures(
        script.OURS, "engine_headway", url=str(file), seconds=place.size.seconds(SECONDS), cases=cases
    )
    return _figures("SQLite", told)


def _tight_loop(place: Place) -> Figures:
    file = place.folder / "limit.db"
    told = script.figures(script.OURS, "engine_limit", file=str(file), seconds=place.size.seconds(SECONDS))
    file.unlink()
    return {rate("SQLite", "FL3", 100): told["rate"]}


def _disk(place: Place) -> Figures:
    told = script.figures(
        script.OURS, "disk", file=str(place.folder / "disk"), seconds=place.size.seconds(1.0)
    )
    return {"disk": told["rate"]}
