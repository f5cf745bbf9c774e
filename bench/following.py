"""Many who wait for news of one operation: streams of server-sent events, and answers that are held back.

From the request that makes something happen until the last of them has been told, as seen by a client in a process
of its own; and what each of them costs the server while it waits, in resident memory.
"""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from bench import script
from bench.contest import Benchmark, Contender, Figures, Left, Measure, Place, Round, Size, Within
from bench.measure import cpu_seconds, memory_mb
from bench.reading import request, where

HUB = "bare ASGI"
WAYS = ("SSE", "long-poll")
MANY = 10_000
SECONDS_MAX = 0.5
KIB_MAX = 12.0


def last(way: str, count: int) -> str:
    """The name of a measure: until the last is told."""
    return f"{way}, {count:,} waiters, last told"


def each(way: str) -> str:
    """The name of a measure: memory."""
    return f"{way}, memory of each"


def cost(way: str) -> str:
    """The name of a measure: what telling one costs the server."""
    return f"{way}, processor for each telling"


def counts(size: Size) -> tuple[int, ...]:
    """How many wait, in turn."""
    return (100,) if size.quick else (1000, MANY)


def benchmark(size: Size) -> Benchmark:
    """The table."""
    most = counts(size)[-1]
    return Benchmark(
        name="following",
        measures=tuple(
            measure
            for way in WAYS
            for measure in (
                *(Measure(last(way, count), "ms", more_is_better=False) for count in counts(size)),
                Measure(cost(way), "µs", more_is_better=False),
                Measure(each(way), "KiB", more_is_better=False),
            )
        ),
        contenders=(
            Contender("headway", partial(_opened, "headway")),
            Contender(HUB, partial(_opened, "hub")),
        ),
        targets=tuple(
            target
            for way in WAYS
            for target in (
                Within(measure=last(way, most), bound=SECONDS_MAX * 1000),
                Within(measure=each(way), bound=KIB_MAX),
            )
        ),
    )


@contextmanager
def _opened(kind: str, place: Place) -> Iterator[Round]:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if allowed < counts(place.size)[-1] + 500:
        raise Left(f"only {allowed:,} files may be open here")
    yield lambda: _round(kind, place)


def _round(kind: str, place: Place) -> Figures:
    figures: dict[str, float] = {}
    for way in WAYS:
        for count in counts(place.size):
            figures |= _waited(kind, place, way, count)
    return figures


def _waited(kind: str, place: Place, way: str, count: int) -> Figures:
    """A server of its own for each: what once was resident stays so."""
    with (
        _server(kind, place, f"{way} {count}") as (server, told),
        _waiters(told, way, count, fires=5 if way == "SSE" else 1) as waiters,
    ):
        before = memory_mb(server.pid)["Rss"]
        assert waiters.stdin is not None
        assert waiters.stdout is not None
        waiters.stdin.write("\n")
        waiters.stdin.flush()
        if not waiters.stdout.readline():
            script.told(waiters)
        memory = (memory_mb(server.pid)["Rss"] - before) * 1024 / count
        busy = cpu_seconds(server.pid)
        waiters.stdin.write("\n")
        waiters.stdin.flush()
        fires = script.told(waiters)
        busy = (cpu_seconds(server.pid) - busy) / len(fires) / count * 1e6
    figures = {last(way, count): median(fire[-1] for fire in fires) * 1000}
    return figures | ({cost(way): busy, each(way): memory} if count == counts(place.size)[-1] else {})


@contextmanager
def _server(kind: str, place: Place, name: str) -> "Iterator[tuple[subprocess.Popen[str], dict[str, str]]]":
    folder = place.folder / name
    folder.mkdir(exist_ok=True)
    for old in folder.glob("headway.db*"):
        old.unlink()
    url = str(folder / "headway.db")
    with script.started(
        script.OURS, "serve_headway", kind=kind, url=url, data=str(folder), stored=1
    ) as server:
        yield server, where(server)


@contextmanager
def _waiters(told: dict[str, str], way: str, count: int, fires: int) -> "Iterator[subprocess.Popen[str]]":
    proof = f"Authorization: Bearer {told['token']}"
    path = f"{told['followed']}/events" if way == "SSE" else f"{told['followed']}?wait=30&after={told['seq']}"
    with script.started(
        script.OURS,
        "waiters",
        port=told["port"],
        request=request("GET", path, told["port"], proof),
        waiting=request("GET", "/bench/waiting", told["port"], proof),
        fire=request("POST", "/bench/fire", told["port"], proof),
        count=count,
        until="event: " if way == "SSE" else "",
        mark="event: operation.progress" if way == "SSE" else "HTTP/1.1 200",
        times=fires,
    ) as waiters:
        yield waiters
