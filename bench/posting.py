"""Over HTTP: a POST carries out FL3 and is answered when that has ended; alone, and while others read.

Our server is the whole web layer with its doors and its limits; every request brings a token.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import engine, rivals, script
from bench.contest import Ahead, Benchmark, Contender, Figures, Left, Measure, Place, Round, Size, Within
from bench.reading import request, where

CLIENTS, EACH = 64, 16
STORED = 100
SECONDS = 3.0
POST = f"{CLIENTS} clients post"
POST_P99 = f"{POST}, p99"
MIXED_POST = f"{EACH} clients post while {EACH} read: posts"
MIXED_GET = f"{EACH} clients post while {EACH} read: reads"
SLOW = "headway, each sync 2 ms slower"


def benchmark(_: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="posting",
        measures=(
            Measure(POST, "requests/s"),
            Measure(POST_P99, "ms", more_is_better=False),
            Measure(MIXED_POST, "requests/s"),
            Measure(MIXED_GET, "requests/s"),
        ),
        contenders=(
            Contender("headway", _headway),
            Contender(SLOW, _slow),
            Contender("FastAPI + DBOS", _dbos),
        ),
        targets=(
            Ahead(measure=POST, rival="FastAPI + DBOS", times=60),
            Within(measure=MIXED_POST, bound=600),
            Within(measure=MIXED_GET, bound=10_000),
            Within(measure=MIXED_POST, bound=350, ours=SLOW),
        ),
    )


@contextmanager
def _headway(place: Place) -> Iterator[Round]:
    with _served(place, {}) as told:
        yield lambda: {**_alone(place, told), **_mixed(place, told)}


@contextmanager
def _slow(place: Place) -> Iterator[Round]:
    with _served(place, {"LD_PRELOAD": str(_shim(place.folder))}) as told:
        yield lambda: _mixed(place, told)


@contextmanager
def _dbos(place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "dbos", *engine.DBOS)
    url = f"sqlite:///{place.folder / 'dbos.db'}"
    with script.started(python, "serve_dbos", url=url, stored=STORED) as server:
        told = {**where(server), "posts": "/things"}
        yield lambda: {**_alone(place, told), **_mixed(place, told)}


@contextmanager
def _served(place: Place, environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    asked = {"kind": "headway", "url": str(place.folder / "headway.db"), "data": str(place.folder)}
    with script.started(
        script.OURS, "serve_headway", environment=environment, stored=STORED, **asked
    ) as server:
        yield {**where(server), "posts": "/bench/things"}


def _alone(place: Place, told: dict[str, Any]) -> Figures:
    with _asking(place, told, "POST", CLIENTS) as process:
        answers = script.told(process)
    return {POST: answers["rate"], POST_P99: answers["p99"]}


def _mixed(place: Place, told: dict[str, Any]) -> Figures:
    with ExitStack() as stack:
        both = [stack.enter_context(_asking(place, told, method, EACH)) for method in ("POST", "GET")]
        posted, read = map(script.told, both)
    return {MIXED_POST: posted["rate"], MIXED_GET: read["rate"]}


@contextmanager
def _asking(
    place: Place, told: dict[str, Any], method: str, clients: int
) -> Iterator["subprocess.Popen[str]"]:
    """Clients in a process of their own; each that posts has a thing of its own, since a thing is held while it changes."""
    port, headers = told["port"], [f"Authorization: Bearer {told.get('token')}"]
    if method == "POST":
        headers.append("Content-Length: 0")
    paths = told["paths"] if method == "GET" else [f"{told['posts']}/{number}" for number in range(clients)]
    with script.started(
        script.OURS,
        "ask",
        port=port,
        requests=[request(method, path, port, *headers) for path in paths],
        connections=clients,
        seconds=place.size.seconds(SECONDS),
        own=method == "POST",
    ) as process:
        yield process


def _shim(folder: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise Left("there is no C compiler to make its disk slower with")
    library = folder / "slow_sync.so"
    source = script.HARNESS / "slow_sync.c"
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Left(f"the C compiler failed: {done.stderr.strip()[-300:]}")
    return library
