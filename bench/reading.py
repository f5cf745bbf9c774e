"""One operation over HTTP, with a token, in Scalingo's words: what every client polls.

All servers are this machine's loopback and one process each; a raw client in a process of its own asks.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench import engine, rivals, script
from bench.contest import Ahead, Benchmark, Contender, Figures, Left, Measure, Place, Round, Size
from bench.measure import cpu_seconds

CONNECTIONS = 64
STORED = 100
SECONDS = 3.0
RATE = f"{CONNECTIONS} clients"
P99 = f"{RATE}, p99"
COST = "processor of the server"
CLIENT = "processor of the client"
BARE = "bare ASGI"


def benchmark(_: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="reading",
        measures=(
            Measure(RATE, "requests/s"),
            Measure(P99, "ms", more_is_better=False),
            Measure(COST, "µs each", more_is_better=False),
            Measure(CLIENT, "µs each", more_is_better=False),
        ),
        contenders=(
            Contender("headway", partial(_served, "headway")),
            Contender(BARE, partial(_served, "bare")),
            Contender("FastAPI + DBOS", _dbos),
        ),
        targets=(
            Ahead(measure=RATE, rival=BARE, times=0.75),
            Ahead(measure=P99, rival=BARE, times=0.5),
        ),
    )


@contextmanager
def _served(kind: str, place: Place) -> Iterator[Round]:
    with script.started(script.OURS, "serve_headway", **_asked(kind, place)) as server:
        told = where(server)
        requests = [
            request("GET", path, told["port"], f"Authorization: Bearer {told['token']}")
            for path in told["paths"]
        ]
        yield lambda: _figures(place, server.pid, told["port"], requests)


@contextmanager
def _dbos(place: Place) -> Iterator[Round]:
    python = rivals.python(place.size, "dbos", *engine.DBOS)
    url = f"sqlite:///{place.folder / 'dbos.db'}"
    with script.started(python, "serve_dbos", url=url, stored=STORED) as server:
        told = where(server)
        requests = [request("GET", path, told["port"]) for path in told["paths"]]
        yield lambda: _figures(place, server.pid, told["port"], requests)


def _asked(kind: str, place: Place) -> dict[str, object]:
    return {
        "kind": kind,
        "url": str(place.folder / "headway.db"),
        "data": str(place.folder),
        "stored": STORED,
    }


def where(server: "subprocess.Popen[str]") -> dict[str, object]:
    """What a server says of itself, once it serves. Left where it does not."""
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line:
        script.told(server)
        raise Left("the server ended")
    return json.loads(line)


def request(method: str, path: str, port: object, *headers: str) -> str:
    """One request, whole."""
    lines = (
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "User-Agent: bench",
        "Accept: */*",
        *headers,
    )
    return "\r\n".join((*lines, "", ""))


def _figures(place: Place, server: int, port: object, requests: list[str]) -> Figures:
    busy = cpu_seconds(server)
    told = script.figures(
        script.OURS,
        "ask",
        port=port,
        requests=requests,
        connections=CONNECTIONS,
        seconds=place.size.seconds(SECONDS),
    )
    cost = (cpu_seconds(server) - busy) / told["answers"] * 1e6
    return {RATE: told["rate"], P99: told["p99"], COST: cost, CLIENT: told["cpu"]}
