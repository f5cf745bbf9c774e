"""What everything needs runs out, in the middle of load: room on the disk, and descriptors. Nothing accepted is lost."""

import asyncio
import contextlib
import os
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.databases import Databases
from tests.faults.work import Engine, nothing_is_lost_or_doubled
from tests.faults.work import Load as EngineLoad
from tests.journeys.driving import Platform, good, platform, until
from tests.journeys.load import Load
from tests.journeys.test_full_disk import APP, counted_without_a_gap, fill, make_room, small_disk

NONE_LEFT = 3
"""Standard input and the two outputs are there, so the next one is beyond the limit."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
async def test_what_was_accepted_before_the_disk_was_full_ends_when_there_is_room() -> None:
    with small_disk(megabytes=8) as folder:
        databases = Databases(str(folder / "headway.db"))
        engine = Engine(await databases.another())
        load = EngineLoad(engine)
        async with engine.at_work(), load.running():
            for _ in range(3):
                await load.more(20)
                fill(folder)
                await load.until_refused()
                make_room(folder)
        await nothing_is_lost_or_doubled(engine.database, load.acknowledged)
        await databases.close()


@contextlib.contextmanager
def descriptors(pid: int, most: int) -> Iterator[None]:
    """The process may have so many; afterwards as many as before."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def open_ones(pid: int) -> int:
    """How many descriptors the process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@contextlib.contextmanager
def crowd(address: str, count: int) -> Iterator[list[socket.socket]]:
    """Connections that say nothing."""
    host, port = address.split(":")
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection((host, int(port)), 20)) for _ in range(count)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made() -> AsyncIterator[Platform]:
    """A platform with an app that serves."""
    async with platform() as made:
        await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_connections_do_not_take_the_descriptors_of_everything_else(made: Platform) -> None:
    pid, api = made.pid, made.config.listen
    with descriptors(pid, 400), crowd(api, 500) as there:
        said = await asyncio.to_thread(there[-1].recv, 4096)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 1\r\n" in said
        assert said.endswith(b'{"error":"too many connections, try again soon"}')
        assert open_ones(pid) < 400
        for one in there[:20]:
            one.close()
        assert (await answered(made, "POST", f"/v1/apps/{APP}/restart", {}))["status"] == "done"
    assert (await answered(made, "POST", f"/v1/apps/{APP}/restart", {}))["status"] == "done"
    await counted_without_a_gap(made)


@pytest.mark.asyncio(loop_scope="module")
async def test_without_a_descriptor_left_apps_serve_and_what_they_say_is_kept_later(made: Platform) -> None:
    pid, up_log = made.pid, made.config.folder / "up.log"
    load = Load(made.config.apps, f"{APP}.{made.config.domain}")
    async with load.running():
        begun = await made.insist("POST", f"/v1/apps/{APP}/restart", {})
        with descriptors(pid, NONE_LEFT):
            await until(lambda: "too many files are open" in up_log.read_text())
            before = load.answered.total()
            await until(lambda: load.answered.total() > before + 100)
        it = await made.ended(begun.headers["location"])
        assert it["status"] == "done" or "Too many open files" in it["error"], it
        assert (await answered(made, "POST", f"/v1/apps/{APP}/restart", {}))["status"] == "done"
    assert load.failures == []
    assert made.pid == pid
    await counted_without_a_gap(made)


async def answered(made: Platform, method: str, path: str, body: object) -> dict[str, Any]:
    """The operation that this begins, once it is taken, when it has ended."""
    async with asyncio.timeout(40):
        while (reply := await made.insist(method, path, body)).status_code == 503:
            assert int(reply.headers["retry-after"]) >= 1
            await asyncio.sleep(0.05)
        assert reply.status_code == 202, reply.text
        return await made.ended(reply.headers["location"])
