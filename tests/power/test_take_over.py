"""What a process was performing that is killed, frozen or cut off is gone on with elsewhere, and soon.

Real processes on a real server. How soon is printed (`pytest -rP`); the limits here are only for a machine that has much
else to do.
"""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from headway.config import Config
from headway.model.operations import Phase
from headway.store import postgres_marks
from headway.store.database import Database
from tests.databases import Databases, Server, fresh
from tests.engine.folding import check
from tests.engine.nodes import Node, ended, happens, running
from tests.engine.plays import Stage, history

SCRIPT = "a b:hold c"
HOUR = 3600.0
Begin = Callable[..., Awaitable[Process]]


@pytest.fixture
async def databases(server: Server) -> AsyncIterator[Databases]:
    """One database on the server: only there do several processes share one."""
    async with fresh(server) as url:
        databases = Databases(url)
        yield databases
        await databases.close()


@pytest.fixture
async def begin(databases: Databases) -> AsyncIterator[Begin]:
    """Begins a process that performs; all are killed at the end."""

    async def begin(name: str, lease_seconds: float, *submits: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("performing_process.py")),
            *(databases.url, name, str(lease_seconds), SCRIPT, *submits),
            stdout=PIPE,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        stack.push_async_callback(_killed, process)
        return process

    async with AsyncExitStack() as stack:
        yield begin


async def _killed(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _first(process: Process) -> int:
    assert process.stdout
    return int(await process.stdout.readline())


def _other(database: Database) -> Node:
    stage = Stage()
    stage.gates["b"].set()
    return Node(database, stage, SCRIPT, name="other")


async def _told_how_soon(what: str, happened: Awaitable[object]) -> None:
    began = time.perf_counter()
    await happened
    sys.stdout.write(f"{what}: {time.perf_counter() - began:.2f} s\n")


async def _ended_well(database: Database, id: int) -> None:
    after = await ended(database, id)
    assert (after.phase, after.fence) == (Phase.SUCCEEDED, 2)
    check(after, await history(database, id))


async def test_what_a_killed_process_performed_is_taken_over_long_before_its_lease_is_over(
    databases: Databases, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_marks, "SETTLED_SECONDS", -1)
    database = await databases.another()
    performing = await begin("one", HOUR, "1")
    id = await _first(performing)
    async with running(_other(database)):
        performing.send_signal(signal.SIGKILL)
        await _told_how_soon("take-over, process killed", happens(database, id, "taken_over"))
        await _ended_well(database, id)


async def test_what_a_frozen_process_performed_is_taken_over_when_its_lease_is_over(
    databases: Databases, begin: Begin
) -> None:
    database = await databases.another()
    performing = await begin("one", Config().lease_seconds, "1")
    id = await _first(performing)
    async with running(_other(database)):
        performing.send_signal(signal.SIGSTOP)
        await _told_how_soon("take-over, machine silent", happens(database, id, "taken_over"))
        await _ended_well(database, id)


async def test_what_a_killed_process_performed_goes_on_at_once_when_it_is_back(
    databases: Databases, begin: Begin
) -> None:
    database = await databases.another()
    performing = await begin("one", HOUR, "1")
    id = await _first(performing)
    await _killed(performing)

    async def back() -> None:
        await begin("one", HOUR)
        await _ended_well(database, id)

    await _told_how_soon("restart to the first finished old operation", back())


async def test_a_process_whose_connections_are_all_cut_goes_on_and_nothing_is_done_wrong(
    databases: Databases,
) -> None:
    one, two = await databases.another(), await databases.another()
    stage = Stage()
    node = Node(one, stage, SCRIPT, name="one", lease_seconds=HOUR)
    async with running(node, _other(two)):
        it = await node.submit(SCRIPT)
        await stage.reached["b"].wait()
        stranger = await asyncpg.connect(databases.url)
        await stranger.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await stranger.close()
        stage.gates["b"].set()
        after = await ended(two, it.id)
    assert after.phase is Phase.SUCCEEDED
    check(after, await history(two, it.id))
