"""Processes that freeze or die with an operation in their hands, and others that go on with it."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.engine.submit import Desk
from headway.errors import Busy
from headway.model.operations import Event, Operation, Phase
from headway.store.database import Database
from tests.databases import Databases
from tests.engine.folding import check
from tests.engine.nodes import IDS, Nobody, ended, happens
from tests.engine.plays import BY, history, row
from tests.journeys.worker_process import Asked, catalog

LEASE_SECONDS = 1.5
LOOK_SECONDS = 2
BUSY_MACHINE_SECONDS = 6
Start = Callable[..., Awaitable["Process"]]


class Process:
    """A worker's process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def says(self, line: str) -> None:
        """Return when it has said so."""
        assert self.process.stdout
        while line not in self.said:
            async with asyncio.timeout(30):
                got = await self.process.stdout.readline()
            assert got, f"it ended; it said {self.said}"
            self.said.append(got.decode().strip())

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)


@pytest.fixture
async def start(databases: Databases) -> AsyncIterator[Start]:
    """Starts worker processes by name."""
    started: list[Process] = []

    async def begin(name: str, lease_seconds: float = LEASE_SECONDS) -> Process:
        program = Path(__file__).with_name("worker_process.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(program),
            databases.url,
            name,
            str(lease_seconds),
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(Process(process))
        await started[-1].says("ready")
        return started[-1]

    yield begin
    for one in started:
        if one.process.returncode is None:
            one.process.kill()
        await one.process.wait()


async def submit(database: Database, file: Path, name: str = "test.wait") -> Operation:
    """Accept one that waits for the file, on the one target."""
    desk, asked = Desk(IDS, SystemClock(), Nobody()), Asked("thing:1", str(file))
    return await database.write(lambda tx: desk.submit(tx, catalog()[name], asked, by=BY))


def named(known: list[Event], name: str) -> list[Event]:
    """The events of this name."""
    return [event for event in known if event.name == f"operation.{name}"]


async def test_one_that_wakes_after_its_lease_changes_nothing_and_is_audited(
    database: Database, start: Start, tmp_path: Path
) -> None:
    frozen, file = await start("frozen"), tmp_path / "go"
    it = await submit(database, file, "test.hold")
    await frozen.says("hold 1")
    frozen.signal(signal.SIGSTOP)

    other = await start("other")
    await other.says("hold 2")
    with pytest.raises(Busy):
        await submit(database, file)
    file.touch()
    after = await ended(database, it.id)
    third = await submit(database, tmp_path / "never")
    await other.says("wait 1")

    frozen.signal(signal.SIGCONT)
    await frozen.says("done 1")
    await happens(database, it.id, "write_refused")
    assert await row(database, it.id) == after
    assert after.phase is Phase.SUCCEEDED
    known = await history(database, it.id)
    check(after, known)
    assert [event.data["fence"] for event in named(known, "write_refused")] == [1]
    assert (await row(database, third.id)).phase is Phase.RUNNING
    assert not named(await history(database, third.id), "taken_over")


async def test_the_target_stays_held_while_the_second_works_and_the_first_wakes(
    database: Database, start: Start, tmp_path: Path
) -> None:
    """A freezes; B takes over; A wakes and finishes: C must not get the target while B works."""
    a = await start("a")
    it = await submit(database, file := tmp_path / "go", "test.wait")
    await a.says("wait 1")
    a.signal(signal.SIGSTOP)
    b = await start("b")
    await b.says("wait 2")
    a.signal(signal.SIGCONT)
    with pytest.raises(Busy) as busy:
        await submit(database, file)
    assert busy.value.holder == it.id
    file.touch()
    await b.says("done 2")
    after = await ended(database, it.id)
    check(after, await history(database, it.id))
    assert (after.phase, after.fence) == (Phase.SUCCEEDED, 2)
    await ended(database, (await submit(database, file)).id)


async def test_what_a_killed_process_performed_is_taken_over_when_its_lease_is_over(
    database: Database, start: Start, tmp_path: Path
) -> None:
    doomed, other = await start("doomed"), None
    it = await submit(database, tmp_path / "go")
    await doomed.says("wait 1")
    other = await start("other")
    doomed.signal(signal.SIGKILL)
    killed = time.monotonic()
    await other.says("wait 2")
    assert time.monotonic() - killed < LEASE_SECONDS + LOOK_SECONDS + BUSY_MACHINE_SECONDS
    (tmp_path / "go").touch()
    check(await ended(database, it.id), await history(database, it.id))


async def test_a_killed_process_goes_on_at_once_when_it_is_back(
    database: Database, start: Start, tmp_path: Path
) -> None:
    it = await submit(database, tmp_path / "go")
    doomed = await start("one", lease_seconds=60)
    await doomed.says("wait 1")
    doomed.signal(signal.SIGKILL)
    await doomed.process.wait()
    back = await start("one", lease_seconds=60)
    began = time.monotonic()
    await back.says("wait 2")
    assert time.monotonic() - began < BUSY_MACHINE_SECONDS
    (tmp_path / "go").touch()
    check(await ended(database, it.id), await history(database, it.id))
