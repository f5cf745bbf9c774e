"""A batch of 10,000 task suites: until it is accepted, until all are made, and all of it read back by the page, as the vendor's client does.

Server and client are a process each on loopback; the client is a raw one, or toloka-kit, which reads slowly whoever answers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench import postgres, reading, rivals, script
from bench.contest import Benchmark, Contender, Figures, Measure, Place, Round, Size, Within

SUITES, FEW = 10_000, 200
KIT = ("toloka-kit==1.2.3", "httpx==0.27.2", "cattrs==25.3.0", "setuptools==80.9.0")
SQLITE, POSTGRES, VENDOR = "raw client, SQLite", "raw client, PostgreSQL", "toloka-kit, SQLite"
ANSWERED, MADE = "10,000 suites sent, answered", "10,000 suites sent, all made"
LOGGED, READ = "their log", "read back"


def benchmark(_: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="labelling",
        measures=(
            Measure(ANSWERED, "s", more_is_better=False),
            Measure(MADE, "s", more_is_better=False),
            Measure(LOGGED, "s", more_is_better=False),
            Measure(READ, "suites/s"),
        ),
        contenders=(
            Contender(SQLITE, _on_sqlite),
            Contender(POSTGRES, _on_postgres),
            Contender(VENDOR, _with_kit),
        ),
        targets=(
            Within(measure=ANSWERED, bound=1),
            Within(measure=ANSWERED, bound=1, ours=POSTGRES),
            Within(measure=READ, bound=500, ours=VENDOR),
        ),
    )


@contextmanager
def _on_sqlite(place: Place) -> Iterator[Round]:
    with _served(place, str(place.folder / "headway.db")) as round:
        yield round


@contextmanager
def _on_postgres(place: Place) -> Iterator[Round]:
    with postgres.server() as server, postgres.fresh(server) as url, _served(place, url) as round:
        yield round


@contextmanager
def _with_kit(place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "toloka-kit", *KIT)
    with _served(place, str(place.folder / "headway.db"), python) as round:
        yield round


@contextmanager
def _served(place: Place, url: str, python: object = None) -> Iterator[Round]:
    with script.started(script.OURS, "serve_labelling", url=url, data=str(place.folder)) as server:
        told = reading.where(server)
        yield partial(_figures, place, told, python)


def _figures(place: Place, served: dict[str, object], python: object) -> Figures:
    count = FEW if place.size.quick else SUITES
    told = script.figures(python or script.OURS, "label", **served, suites=count, kit=python is not None)
    return {
        ANSWERED: told["answered"],
        MADE: told["made"],
        LOGGED: told["logged"],
        READ: count / told["read"],
    }
