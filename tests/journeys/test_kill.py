"""The first promise: `kill -9` of the control plane at any instant costs nobody anything."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import msgspec
import pytest

from headway.cli import pidfile
from headway.cli.child import Child
from headway.cli.client import Client, api_token
from headway.dialects.headway.wire import Operation

pytestmark = pytest.mark.slow
APP = "hello-world"
SOURCE = Path(__file__).parents[2] / "examples" / "hello"


def id_of(reply: bytes) -> str:
    """Of the operation that a command has begun."""
    return msgspec.json.decode(reply, type=Operation).id


async def ended(client: Client, id: str) -> Operation:
    """The operation, once it has ended."""
    return [it async for it in client.follow(id)][-1]


@asynccontextmanager
async def visitors(platform: Child, answers: list[int]) -> AsyncIterator[None]:
    """Somebody who asks for the app's page all the time; `answers` are the statuses, 0 where none came."""
    stop = asyncio.Event()

    async def visit() -> None:
        async with httpx2.AsyncClient(headers={"Host": f"{APP}.localhost"}, trust_env=False) as http:
            while not stop.is_set():
                try:
                    answers.append((await http.get(f"http://{platform.config.apps}/")).status_code)
                except httpx2.TransportError:
                    answers.append(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(visit())
        yield
        stop.set()


def kill(platform: Child) -> None:
    """The control plane dies at once."""
    pid = pidfile.holder(platform.config.folder)
    assert pid
    os.kill(pid, signal.SIGKILL)


async def steps_done(client: Client, id: str, count: int) -> None:
    """Return once so many steps of the operation are done."""
    async for it in client.follow(id):
        if sum(step.state == "done" for step in it.steps) >= count:
            return


@pytest.mark.parametrize("moment", [0, 1, 2])
async def test_a_scale_goes_on_after_its_control_plane_was_killed(platform: Child, moment: int) -> None:
    url, token = f"http://{platform.config.listen}", api_token(platform.config.folder)
    answers: list[int] = []
    async with Client(url, token) as client:
        await client.begin("POST", "/apps", {"name": APP})
        assert (await ended(client, id_of(await client.deploy(APP, SOURCE, "first")))).phase == "succeeded"
        async with visitors(platform, answers):
            scaled = {"formation": {"web": {"amount": 3}}}
            id = id_of(await client.begin("PATCH", f"/apps/{APP}/formation", scaled))
            await steps_done(client, id, moment)
            kill(platform)
            await platform.start()
            it = await ended(client, id)
        assert (it.phase, [step.state for step in it.steps]) == ("succeeded", ["done", "done", "done"])
        running = msgspec.json.decode(await client.ask("GET", f"/apps/{APP}/containers"))["containers"]
        assert sorted(one["label"] for one in running) == ["web-1", "web-2", "web-3"]
    assert set(answers) == {200}
