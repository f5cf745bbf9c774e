"""The closed loop that every harness runs: each submitter waits for the end of its work before it submits the next.

Only the standard library: this is imported in the environments of rivals, too. A harness is given JSON as its
argument, and the last line of what it prints is JSON: figures by case.
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from statistics import median


def given() -> dict:
    """What the harness is asked to do."""
    return json.loads(sys.argv[1])


def tell(figures: object) -> None:
    """What came of it."""
    print(json.dumps(figures), flush=True)


async def awaited(
    submitters: int, seconds: float, one: Callable[[int], Awaitable[object]]
) -> dict[str, float]:
    """`one(submitter)` over and over, from all submitters at once, in tasks."""
    taken: list[float] = []

    async def submit(number: int, until: float) -> None:
        while (began := time.perf_counter()) < until:
            await one(number)
            taken.append(time.perf_counter() - began)

    async def all_of_them(seconds: float) -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(submit(number, until) for number in range(submitters)))

    await all_of_them(seconds / 5)
    taken.clear()
    began, busy = time.perf_counter(), time.process_time()
    await all_of_them(seconds)
    return _figures(taken, time.perf_counter() - began, time.process_time() - busy)


def threaded(submitters: int, seconds: float, one: Callable[[int], object]) -> dict[str, float]:
    """The same in threads, for who knows no tasks."""
    taken: list[float] = []

    def submit(number: int, until: float) -> None:
        while (began := time.perf_counter()) < until:
            one(number)
            taken.append(time.perf_counter() - began)

    def all_of_them(seconds: float) -> None:
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=submit, args=(number, until)) for number in range(submitters)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    all_of_them(seconds / 5)
    taken.clear()
    began, busy = time.perf_counter(), time.process_time()
    all_of_them(seconds)
    return _figures(taken, time.perf_counter() - began, time.process_time() - busy)


def _figures(taken: list[float], seconds: float, busy: float) -> dict[str, float]:
    """A second; milliseconds; microseconds of this process's processor each."""
    return {
        "rate": len(taken) / seconds,
        "p50": median(taken) * 1e3,
        "p99": sorted(taken)[int(len(taken) * 0.99)] * 1e3,
        "cpu": busy / len(taken) * 1e6,
    }
