"""What an app says and is asked is in its log and its archives, each line once, whenever the control plane is killed."""

import asyncio
import gzip
import random
import re
from collections import defaultdict
from itertools import pairwise

import pytest

from tests.journeys.driving import SETTINGS, Platform, good, platform

pytestmark = pytest.mark.slow
APP = "hello-world"
SMALL = f"{SETTINGS}hot_log_bytes = 20000\n"
KILLS = 4
LINE = re.compile(r"^\S+ \S+ \+0000 UTC \[(\S+)\] (.*)$")


async def everything(made: Platform) -> list[tuple[str, str]]:
    """Source and text of all lines, those of the archives and those at hand, oldest first."""
    archives = await all_archives(made)
    texts = [
        gzip.decompress((await made.ask("GET", it["url"])).content).decode() for it in reversed(archives)
    ]
    link = (await made.ask("GET", f"/v1/apps/{APP}/logs")).json()["logs_url"]
    texts.append((await made.ask("GET", f"{link}&n=10000")).text)
    found = [LINE.match(line) for text in texts for line in text.splitlines()]
    assert all(found)
    return [(it[1], it[2]) for it in found if it]


async def all_archives(made: Platform) -> list[dict[str, str]]:
    """Of all pages, newest first."""
    found: list[dict[str, str]] = []
    page = {"next_cursor": "", "has_more": True}
    while page["has_more"]:
        cursor = f"?cursor={page['next_cursor']}" if page["next_cursor"] else ""
        page = (await made.ask("GET", f"/v1/apps/{APP}/logs_archives{cursor}")).json()
        found += page["archives"]
    return found


async def still(made: Platform) -> list[tuple[str, str]]:
    """Everything, read while nothing was archived."""
    while True:
        before = await all_archives(made)
        found = await everything(made)
        after = await all_archives(made)
        if [it["size"] for it in before] == [it["size"] for it in after]:
            return found


@pytest.mark.timeout(170)
async def test_kills_lose_no_line_of_the_app_and_of_the_router_and_double_none() -> None:
    asked: list[str] = []
    async with platform(SMALL) as made:
        await made.create(APP)
        await made.deploy(APP, good())
        settings = {"app": {"router_logs": True}}
        assert (await made.ask("PATCH", f"/v1/apps/{APP}", json=settings)).status_code == 200
        for _ in range(KILLS):
            for alive in (True, False):
                for _ in range(5):
                    asked.append(f"/{len(asked)}%22{'x' * 500}")
                    assert (await made.visit(APP, asked[-1])).status_code == 200
                if alive:
                    await asyncio.sleep(random.uniform(0, 0.5))
                    await made.kill()
            await made.start()
        found = await told(made, asked)
        await made.change(f"/v1/apps/{APP}/scale", {"containers": [{"name": "web", "amount": 0}]})
        while not (lines := [text for source, text in await still(made) if source == "web-1"])[-1].count(
            "ends"
        ):
            await asyncio.sleep(0.1)
        assert len(await all_archives(made)) > 3
    assert found == asked
    by_start: defaultdict[str, list[int]] = defaultdict(list)
    for text in lines:
        if numbered := re.fullmatch(r"(\w{8}) (\d+)", text):
            by_start[numbered[1]].append(int(numbered[2]))
    assert by_start
    for numbers in by_start.values():
        assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
        assert numbers[0] == 1


async def told(made: Platform, asked: list[str]) -> list[str]:
    """The paths in the router's lines, once there are as many as were asked for: Envoy writes when it sees fit."""
    async with asyncio.timeout(60):
        while True:
            found = [
                text.partition('path="')[2].partition('"')[0]
                for source, text in await still(made)
                if source == "router"
            ]
            if len(found) >= len(asked):
                return found
            await asyncio.sleep(0.1)
