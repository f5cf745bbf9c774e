"""Scalingo's own npm client, unmodified."""

import asyncio
import contextlib
import os
import re
import socket
import sys
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.model import stats
from headway.model.apps import App
from headway.model.logs import Line
from headway.store import apps, samples
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.parity.scalingo.conftest import Drive
from tests.ready_made import SECRET, served

ROOT = Path(__file__).parents[3]
UP_SECONDS_MAX = 90
MINUTE = 60_000_000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The source of examples/hello, in one root folder."""
    file = tmp_path / "hello.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        tar.add(ROOT / "examples" / "hello", "hello")
    return file


async def test_what_the_client_asks_and_how_it_is_refused(world: World, drive: Drive, archive: Path) -> None:
    world.logbook.open()
    feed = Feed(world.database)
    async with served(mount(edge(world, feed), [SCALINGO])) as address, asyncio.TaskGroup() as group:
        chatter = group.create_task(chat(world))
        seen = await drive("wire", f"http://{address}", SECRET, str(archive))
        chatter.cancel()
    feed.close()
    assert seen["self"]["username"] == "admin"
    assert [region["default"] for region in seen["regions"]] == [True]
    assert (seen["dry"]["name"], seen["app"]["status"]) == ("npm-app", "new")
    assert seen["apps"] == ["npm-app"]
    assert_refusals(seen)
    assert [(one["name"], one["amount"]) for one in seen["formation"]] == [("web", 1)]
    assert (seen["processes"], seen["autoscalers"]) == ([], [])
    assert seen["sizes"] == ["S", "M", "L", "XL", "2XL"]
    assert len(seen["stacks"]) == 1
    assert seen["updated"]["value"] == "3"
    assert seen["variables"] == [["ONE", "3"], ["TWO", "$ONE"]]
    assert seen["left"] == []
    assert seen["uploaded"] == 200
    assert seen["tokens"] == ["first", "second"]
    assert re.search(r"UTC \[web-1\] hello$", str(seen["logs"]), re.MULTILINE)
    assert re.search(r"UTC \[web-1\] hello$", seen["heard"], re.MULTILINE)
    assert seen["deployments"]["meta"]["pagination"]["total_count"] == 0
    assert_measured(seen)


def assert_measured(seen: dict[str, Any]) -> None:
    assert (len(seen["archives"]["archives"]), seen["archives"]["has_more"]) == (20, True)
    assert seen["older"]["archives"]
    assert not {it["url"] for it in seen["archives"]["archives"]} & {
        it["url"] for it in seen["older"]["archives"]
    }
    assert set(seen["metrics"]) == set(stats.METRICS)
    assert [point["value"] for point in seen["requests"]] == [5]
    assert [round(point["value"]) for point in seen["times"]] == [10]
    assert [point["value"] for point in seen["memory"]] == [1000]


async def chat(world: World) -> None:
    """Say something in every app's log, again and again: a stream gives no sign that it has begun to listen."""
    past: set[int] = set()
    while True:
        for app in await world.database.read(apps.every):
            if app.id not in past:
                past.add(app.id)
                await live(world, app)
            said = Line(at=world.clock.now(), source="web-1", text="hello")
            world.logbook.append(show(app.id), [said])
        await asyncio.sleep(0.05)


async def live(world: World, app: App) -> None:
    """The app has said much and was measured a while ago."""
    at = world.clock.now() - 20 * MINUTE
    for _ in range(40):
        world.logbook.append(show(app.id), [Line(at=at, source="web-1", text="x" * 10_000)] * 10)
    world.logbook.pack(0)
    seen = stats.sample("web-1", 10, 1000, 0).plus(stats.requests([(200, 10)] * 5))
    await world.database.write(lambda tx: samples.add(tx, "one", {stats.key(app.id, at): seen}))


def assert_refusals(seen: dict[str, Any]) -> None:
    assert (seen["taken"]["status"], set(seen["taken"]["data"]["errors"])) == (422, {"name"})
    assert seen["odd"]["status"] == 422
    assert seen["odd"]["message"] == seen["odd"]["data"]["error"]
    assert (seen["unknown"]["status"], seen["unknown"]["data"]["resource"]) == (404, "app")
    assert seen["wrong"]["status"] == 401


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [it.getsockname()[1] for it in sockets]


async def headway(*arguments: str) -> asyncio.subprocess.Process:
    # Not by the launcher: it would make an environment of its own, and has tests of its own.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "headway",
        *arguments,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "HEADWAY_SCALINGO_REQUESTS_PER_MINUTE": "6000",
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


async def healthy(process: asyncio.subprocess.Process, base: str) -> None:
    """Wait until the platform says that it works; a process outside gives no other sign."""
    async with asyncio.timeout(UP_SECONDS_MAX), httpx2.AsyncClient() as client:
        while True:
            assert process.returncode is None, (await said(process))[-2000:]
            with contextlib.suppress(httpx2.HTTPError):
                if (await client.get(f"{base}/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.2)


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode()


@contextlib.asynccontextmanager
async def platform(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """The real thing, in a folder of its own; its address, and the token of the admin."""
    listen, apps, attach, ssh = free_ports(4)
    settings = ["--data", str(folder), "--listen", f"127.0.0.1:{listen}", "--apps", f"127.0.0.1:{apps}"]
    settings += ["--attach", f"127.0.0.1:{attach}", "--ssh", f"127.0.0.1:{ssh}"]
    process = await headway("up", *settings)
    base = f"http://127.0.0.1:{listen}"
    try:
        await healthy(process, base)
        yield base, (folder / "admin.token").read_text().strip()
    finally:
        if process.returncode is None:
            process.terminate()
        await said(process)
        await process.wait()
        await (await headway("down", "--data", str(folder))).communicate()


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_client_deploys_scales_restarts_and_reads_logs(
    tmp_path: Path, drive: Drive, archive: Path
) -> None:
    async with platform(tmp_path / "data") as (base, token):
        seen = await drive("journey", base, token, str(archive))
    assert seen["uploaded"] == 200
    assert seen["news"]["status"][-1] == "success", seen["news"]
    assert len(seen["news"]["new"]) == 1
    assert (seen["deployed"]["status"], seen["running"]) == ("success", "running")
    assert seen["output"] == seen["news"]["log"] != ""
    assert (seen["scale"]["type"], seen["scale"]["status"]) == ("scale", "done"), seen["scale"]
    assert [one["amount"] for one in seen["formation"] if one["name"] == "web"] == [2]
    assert (seen["restart"]["type"], seen["restart"]["status"]) == ("restart", "done"), seen["restart"]
    assert seen["processes"] == [["web-1", "running"], ["web-2", "running"]]
    assert re.search(r"UTC \[web-[12]\] ", seen["logs"])
