"""`kill -9` of each process by turns, while an app is visited and changed: what is promised holds, what it costs is said.

Nobody holds a container's output but the file that it is appended to, so there is nobody to kill for that: what was
said before a death is in the file.
"""

import asyncio
import contextlib
import datetime as dt
import os
import re
import signal
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from tests.faults.figures import Figures
from tests.journeys.driving import SETTINGS, Platform, good, platform, processes, routers, until
from tests.journeys.load import Load

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.asyncio(loop_scope="module"),
]
APP = "journey"
QUICK_CRASHES = SETTINGS + "crash_delays_seconds = [" + ", ".join(["0.01"] * 12) + "]\n"
LINE = re.compile(r"\[\w+-\d+\] (?P<start>[0-9a-f]{8}) (?P<said>\d+|begins|ends behind \d+)")
WHEN = re.compile(r" at (?P<begun>[0-9.]+), (?P<took>[0-9.]+) s")
LOADED_MACHINE_SECONDS = 60
Visited = tuple[Platform, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visited() -> AsyncIterator[Visited]:
    """A platform with an app of two web containers, and the app's id."""
    async with platform(QUICK_CRASHES) as made:
        app_id = await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        two = {"containers": [{"name": "web", "amount": 2}]}
        assert (await made.change(f"/v1/apps/{APP}/scale", two))["status"] == "done"
        yield made, app_id


def of_the_app(app_id: str) -> int:
    """A process of the app itself."""
    return min(processes(app_id))


def parent_of(pid: int) -> int:
    """The process above it."""
    return int(re.findall(r"^PPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[0])


VICTIMS: dict[str, Callable[[str], int]] = {
    "the app's process": of_the_app,
    "the container's init": lambda app_id: parent_of(of_the_app(app_id)),
    "the container's outer process": lambda app_id: parent_of(parent_of(of_the_app(app_id))),
}


@pytest.mark.parametrize("victim", VICTIMS)
async def test_a_container_of_which_a_process_is_killed_is_started_again(
    visited: Visited, figures: Figures, victim: str
) -> None:
    made, app_id = visited
    before = processes(app_id)
    load = Load(made.config.apps, f"{APP}.{made.config.domain}")
    async with load.running():
        await many_answers(load)
        killed = time.monotonic()
        os.kill(VICTIMS[victim](app_id), signal.SIGKILL)
        await until(lambda: len(processes(app_id).keys() & before.keys()) == 1)
        await until(lambda: len(processes(app_id)) == len(before))
        seconds = await all_run(made) - killed
        await many_answers(load)
    said_within(load, killed, killed + seconds)
    figures.say(f"kill -9 of {victim}", seconds_until_all_run=round(seconds, 2), **cost(load))
    await no_line_is_lost(made)


async def test_a_router_that_is_killed_is_back_soon_and_operations_end(
    visited: Visited, figures: Figures
) -> None:
    made, _ = visited
    load = Load(made.config.apps, f"{APP}.{made.config.domain}")
    async with load.running():
        await many_answers(load)
        begun = await made.insist("POST", f"/v1/apps/{APP}/restart", {})
        (router,) = routers(made)
        killed = time.monotonic()
        os.kill(router, signal.SIGKILL)
        await until(lambda: routers(made) not in ([], [router]))
        seconds = await serves_again(made) - killed
        assert (await made.ended(begun.headers["location"]))["status"] == "done"
        await many_answers(load)
    assert load.failures, "its connections die with it"
    said_within(load, killed, killed + seconds)
    figures.say("kill -9 of the router", seconds_until_it_serves=round(seconds, 2), **cost(load))
    await no_line_is_lost(made)


async def test_a_control_plane_that_is_killed_costs_no_request_and_goes_on_soon(
    visited: Visited, figures: Figures
) -> None:
    made, _ = visited
    load = Load(made.config.apps, f"{APP}.{made.config.domain}")
    async with load.running():
        await many_answers(load)
        begun = await made.insist("POST", f"/v1/apps/{APP}/restart", {})
        await made.kill()
        started = time.time()
        await made.start()
        it = await made.ended(begun.headers["location"])
        await many_answers(load)
    assert it["status"] == "done"
    assert load.failures == []
    seconds = dt.datetime.fromisoformat(it["finished_at"]).timestamp() - started
    figures.say(
        "kill -9 of the control plane",
        seconds_from_restart_until_the_old_operation_ended=round(seconds, 2),
        **cost(load),
    )
    assert seconds < LOADED_MACHINE_SECONDS
    await no_line_is_lost(made)


async def many_answers(load: Load) -> None:
    """Return when so many more requests have been answered."""
    before = load.answered.total()
    await until(lambda: load.answered.total() > before + 100)


async def all_run(made: Platform) -> float:
    """When every container runs."""
    async with asyncio.timeout(LOADED_MACHINE_SECONDS):
        while set((await made.containers(APP)).values()) != {"running"}:
            await asyncio.sleep(0.01)
    return time.monotonic()


async def serves_again(made: Platform) -> float:
    """When the app answers."""
    async with asyncio.timeout(LOADED_MACHINE_SECONDS):
        while True:
            with contextlib.suppress(httpx2.TransportError):
                if await made.serves(APP):
                    return time.monotonic()
            await asyncio.sleep(0.005)


def said_within(load: Load, begin: float, end: float) -> None:
    """No request failed but those that were in flight at that time."""
    for failure in load.failures:
        found = WHEN.search(failure)
        assert found, failure
        assert float(found["begun"]) < end + 0.5, failure
        assert float(found["begun"]) + float(found["took"]) > begin - 0.5, failure


def cost(load: Load) -> dict[str, float]:
    """How many requests were asked, and failed."""
    return {"requests": load.answered.total(), "failed": len(load.failures)}


async def no_line_is_lost(made: Platform) -> None:
    """Each start of a container has counted from 1 on, without a gap."""
    starts = defaultdict[str, list[str]](list)
    for line in await made.log(APP):
        if found := LINE.fullmatch(line):
            starts[found["start"]].append(found["said"])
    assert starts
    for start, said in starts.items():
        numbers = [it for it in said if it.isdigit()]
        assert said[0] == "begins", start
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)], start
