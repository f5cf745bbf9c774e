"""The first promise: the control plane dies at any instant, and nobody who visits an app sees anything of it."""

import asyncio
import itertools
import random
import re
import time
from collections import defaultdict

import pytest

from tests.databases import fresh
from tests.journeys.driving import SETTINGS, Platform, good, platform, processes, until
from tests.journeys.load import Load

KILLS = {"sqlite": 20, "postgres": 6}
APP = "journey"
LINE = re.compile(r"\[(?P<source>\w+-\d+)\] (?P<start>[0-9a-f]{8}) (?P<said>.+)")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(480)]


async def change_without_end(made: Platform, stop: asyncio.Event) -> list[str]:
    """Scale, restart and deploy, one behind the other, and say how each ended."""
    ended: list[str] = []
    for number in itertools.count(1):
        for path, body in (
            ("scale", {"containers": [{"name": "web", "amount": 3}]}),
            ("restart", {}),
            ("scale", {"containers": [{"name": "web", "amount": 1}, {"name": "worker", "amount": 1}]}),
            ("deploy", {}),
            ("restart", {"scope": ["worker"]}),
        ):
            if path == "deploy":
                deployment = await made.deploy(APP, good(version=f"{number}"), ref=f"v{number}")
                ended.append(f"deploy {deployment['status']}")
            else:
                operation = await made.change(f"/v1/apps/{APP}/{path}", body)
                ended.append(f"{path} {operation['status']} {operation.get('error', '')}".strip())
            if stop.is_set():
                return ended
    return ended


async def kill_often(made: Platform, times: int) -> None:
    chance = random.Random(int(time.time()))
    for _ in range(times):
        await asyncio.sleep(chance.uniform(0, 1.2))
        await made.kill()
        await made.start()


@pytest.fixture(params=KILLS)
async def settings(request):
    """Those of a platform on each database, and how often it is to be killed."""
    kills = KILLS[request.param]
    if request.param == "sqlite":
        yield SETTINGS, kills
    else:
        async with fresh(request.getfixturevalue("server")) as url:
            yield f'{SETTINGS}database = "{url}"\n', kills


async def test_an_app_under_load_serves_every_request_while_it_changes_and_the_control_plane_dies(
    settings,
):
    text, kills = settings
    async with platform(text) as made:
        app_id = await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        load = Load(made.config.apps, f"{APP}.{made.config.domain}")
        stop = asyncio.Event()
        async with load.running(), asyncio.TaskGroup() as group:
            changing = group.create_task(change_without_end(made, stop))
            await kill_often(made, kills)
            stop.set()
        running = await nothing_is_left_over(made, app_id)
        everything = [operation["phase"] for operation in await made.operations()]
        lines = await made.log(APP, "web") + await made.log(APP, "worker")

    assert load.failures == []
    assert sum(load.answered.values()) > 2000
    assert {outcome for outcome in changing.result() if not outcome.endswith((" done", " success"))} == set()
    assert set(everything) == {"succeeded"}
    every_line_is_there_once(lines, running)


async def nothing_is_left_over(made: Platform, app_id: str) -> int:
    """What the records say runs, and nothing else; of what was stopped nothing is kept. How many containers that are."""
    wanted = await made.containers(APP)
    assert set(wanted.values()) == {"running"}
    await until(lambda: made.units() == set(wanted))
    assert len(processes(app_id)) == len(wanted)
    return len(wanted)


def every_line_is_there_once(lines: list[str], running_now: int) -> None:
    """Each start of a container begins, counts without a gap, and, unless it runs yet, ends."""
    starts = defaultdict[str, list[str]](list)
    running = set[str]()
    for line in lines:
        found = LINE.fullmatch(line)
        if found is None:
            # Only the runtime says other things, and it has nothing to say.
            raise AssertionError(line)
        start, said = found["start"], found["said"]
        starts[start].append(said)
        if found["source"].startswith("worker"):
            # Two of one worker at a time would do its work twice.
            running = (running | {start}) if said == "begins" else running
            assert running == {start}, f"{line} while {running} run"
            running = running - {start} if said.startswith("ends") else running
    unended: dict[str, str] = {}
    for start, said in starts.items():
        assert said[0] == "begins", (start, said[:3])
        count = len(said) - 2
        if said[-1] != f"ends behind {count}":
            unended[start] = said[-1]
            count += 1
        assert said[1 : count + 1] == [str(number) for number in range(1, count + 1)], start
    assert len(unended) == running_now, unended
