"""The whole life of an operation: submitted (durable), claimed, performed, ended; each submitter waits for the end.

FL1 has one step; FL3 has three, each durable before the next, and five lines of log. Bodies do nothing. Who knows no steps
carries out one task for either.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench import postgres, redis, rivals, script
from bench.contest import (
    Ahead,
    Benchmark,
    Contender,
    Figures,
    Measure,
    Place,
    Round,
    Size,
    Target,
    Within,
    scratch,
    steady,
)

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
SUBMITTERS = (1, 10, 100)
LIFECYCLES = ("FL1", "FL3")
CASES = tuple((lifecycle, submitters) for lifecycle in LIFECYCLES for submitters in SUBMITTERS)
QUICK = (("FL1", 10), ("FL3", 1), ("FL3", 100))
LIMIT, TWO = "tight loop", "headway, two processes"
SECONDS, RIVAL_SECONDS = 2.0, 3.0
DBOS = ("dbos==3.4.0", "fastapi==0.165.0", "httptools==0.9.0", "uvicorn==0.54.0", "uvloop==0.23.0")
PROCRASTINATE = ("procrastinate==3.10.0", "psycopg[binary]==3.3.9", "uvloop==0.23.0")
CELERY = ("celery[redis]==5.7.0",)
HUEY = ("huey==3.5.4",)


def rate(store: str, lifecycle: str, submitters: int) -> str:
    """The name of a measure: operations a second."""
    return f"{store} {lifecycle}, {submitters} submitter{'' if submitters == 1 else 's'}"


def p50(store: str, lifecycle: str, submitters: int) -> str:
    """The name of a measure: how long one takes, in the middle."""
    return f"{rate(store, lifecycle, submitters)}, p50"


def cpu(store: str, lifecycle: str, submitters: int) -> str:
    """The name of a measure: processor time of the process that performs, without the database server's."""
    return f"{rate(store, lifecycle, submitters)}, processor"


class Server:
    """The PostgreSQL of all who take part: who comes first starts it, and is the last to leave."""

    def __init__(self) -> None:
        self._url = ""

    @contextmanager
    def opened(self) -> Iterator[str]:
        """Its URL, while it takes connections."""
        if self._url:
            yield self._url
        else:
            with postgres.server() as self._url:
                yield self._url


def benchmark(_: Size) -> Benchmark:
    """The table."""
    server = Server()
    return Benchmark(
        name="engine",
        measures=(*_measures(SQLITE), *_measures(POSTGRES), Measure("disk", "syncs/s")),
        contenders=(
            Contender("headway", partial(_headway, server)),
            Contender(TWO, partial(_two_processes, server)),
            Contender("DBOS", partial(_dbos, server)),
            Contender("Huey", steady(_huey)),
            Contender("Procrastinate", partial(_procrastinate, server)),
            Contender("Celery + Redis", _celery),
            Contender(LIMIT, steady(_tight_loop)),
            Contender("disk", steady(_disk)),
        ),
        targets=TARGETS,
    )


TARGETS: tuple[Target, ...] = (
    Ahead(measure=rate(SQLITE, "FL3", 100), rival="DBOS", times=80),
    Ahead(measure=rate(SQLITE, "FL3", 100), rival=LIMIT, times=0.3),
    Within(measure=p50(SQLITE, "FL3", 1), bound=1.0),
    Ahead(measure=rate(SQLITE, "FL1", 100), rival="Huey", times=4),
    Ahead(measure=rate(POSTGRES, "FL3", 100), rival="DBOS", times=40),
    Ahead(measure=rate(POSTGRES, "FL3", 100), rival="Procrastinate", times=10),
    Ahead(measure=rate(POSTGRES, "FL3", 100), rival="Celery + Redis", times=10),
    Ahead(measure=rate(POSTGRES, "FL3", 100), ours=TWO, rival="headway", times=1),
)


def _measures(store: str) -> tuple[Measure, ...]:
    return (
        *(Measure(rate(store, *case), "operations/s") for case in CASES),
        Measure(p50(store, "FL3", 1), "ms", more_is_better=False),
        Measure(cpu(store, "FL3", 100), "µs an operation", more_is_better=False),
    )


def _figures(store: str, told: dict[str, dict[str, float]]) -> Figures:
    """From the words of a harness to measures; one without steps has told of FL1 only, and does for FL3, too."""
    stepless = not any(case.startswith("FL3") for case in told)
    figures: dict[str, float] = {}
    for lifecycle, submitters in CASES:
        values = told.get(f"{'FL1' if stepless else lifecycle} {submitters}")
        if values is not None:
            figures[rate(store, lifecycle, submitters)] = values["rate"]
            figures[p50(store, lifecycle, submitters)] = values["p50"]
            if "cpu" in values and not stepless:
                figures[cpu(store, lifecycle, submitters)] = values["cpu"]
    return figures


def _seconds(place: Place) -> float:
    return place.size.seconds(RIVAL_SECONDS)


_STEPLESS = tuple(case for case in CASES if case[0] == "FL1")


@contextmanager
def _headway(postgresql: Server, place: Place) -> Iterator[Round]:
    asked = {"seconds": place.size.seconds(SECONDS), "cases": QUICK if place.size.quick else CASES}
    with postgresql.opened() as server:

        def round() -> Figures:
            with scratch() as folder:
                file = str(folder / "headway.db")
                here = script.figures(script.OURS, "engine_headway", url=file, **asked)
            with postgres.fresh(server) as url:
                there = script.figures(script.OURS, "engine_headway", url=url, **asked)
            return {**_figures(SQLITE, here), **_figures(POSTGRES, there)}

        yield round


@contextmanager
def _two_processes(postgresql: Server, place: Place) -> Iterator[Round]:
    """The same hundred submitters, fifty in each of two processes on one database."""
    lifecycle, submitters = "FL3", 100
    asked = {"seconds": place.size.seconds(SECONDS), "cases": [(lifecycle, submitters // 2)]}
    with postgresql.opened() as server:

        def round() -> Figures:
            with postgres.fresh(server) as url, ExitStack() as stack:
                script.figures(
                    script.OURS, "engine_headway", url=url, seconds=0, cases=[]
                )  # makes the schema
                both = [
                    stack.enter_context(
                        script.started(script.OURS, "engine_headway", url=url, node=f"node {number}", **asked)
                    )
                    for number in range(2)
                ]
                told = [script.told(process)[f"{lifecycle} {submitters // 2}"] for process in both]
            return {rate(POSTGRES, lifecycle, submitters): sum(it["rate"] for it in told)}

        yield round


@contextmanager
def _dbos(postgresql: Server, place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "dbos", *DBOS)
    asked = {"seconds": _seconds(place), "cases": CASES}
    with postgresql.opened() as server:

        def round() -> Figures:
            with scratch() as folder:
                file = f"sqlite:///{folder / 'dbos.db'}"
                here = script.figures(python, "engine_dbos", url=file, **asked)
            with postgres.fresh(server) as url:
                there = script.figures(python, "engine_dbos", url=url, **asked)
            return {**_figures(SQLITE, here), **_figures(POSTGRES, there)}

        yield round


@contextmanager
def _procrastinate(postgresql: Server, place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "procrastinate", *PROCRASTINATE)
    with postgresql.opened() as server:

        def round() -> Figures:
            with postgres.fresh(server) as url:
                asked = {"url": url, "seconds": _seconds(place), "cases": _STEPLESS}
                return _figures(POSTGRES, script.figures(python, "engine_procrastinate", **asked))

        yield round


@contextmanager
def _celery(place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "celery", *CELERY)
    with redis.server(place.size) as socket:

        def round() -> Figures:
            url = f"redis+socket://{socket}"
            asked = {"url": url, "seconds": _seconds(place), "cases": _STEPLESS}
            return _figures(POSTGRES, script.figures(python, "engine_celery", folder=place.folder, **asked))

        yield round


def _huey(place: Place) -> Figures:
    python = rivals.python(place.size, "huey", *HUEY)
    with scratch() as folder:
        asked = {"file": str(folder / "huey.db"), "seconds": _seconds(place), "cases": _STEPLESS}
        return _figures(SQLITE, script.figures(python, "engine_huey", **asked))


def _tight_loop(place: Place) -> Figures:
    with scratch() as folder:
        asked = {"file": str(folder / "limit.db"), "seconds": place.size.seconds(SECONDS)}
        told = script.figures(script.OURS, "engine_limit", **asked)
    return {rate(SQLITE, "FL3", 100): told["rate"], cpu(SQLITE, "FL3", 100): told["cpu"]}


def _disk(place: Place) -> Figures:
    with scratch() as folder:
        told = script.figures(script.OURS, "disk", file=str(folder / "disk"), seconds=place.size.seconds(1.0))
    return {"disk": told["rate"]}
