"""What everything needs runs out, in the middle of load: room on the disk, and descriptors. Nothing accepted is lost."""

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.databases import Databases
from tests.faults.work import Engine, Load, nothing_is_lost_or_doubled
from tests.journeys.driving import SETTINGS, Platform, good, platform, processes, until
from tests.journeys.test_full_disk import counted_without_a_gap, fill, make_room, small_disk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]
APP = "journey"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
async def test_what_was_accepted_before_the_disk_was_full_ends_when_there_is_room() -> None:
    with small_disk(megabytes=8) as folder:
        databases = Databases(str(folder / "headway.db"))
        engine = Engine(await databases.another())
        load = Load(engine)
        async with engine.at_work(), load.running():
            for _ in range(3):
                await load.more(20)
                fill(folder)
                await load.until_refused()
                make_room(folder)
        await nothing_is_lost_or_doubled(engine.database, load.acknowledged)
        await databases.close()


@asynccontextmanager
async def descriptors(pid: int, more: int) -> AsyncIterator[None]:
    """The process may open so many more; afterwards as many as before."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    count = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (count + more, before[1]))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


async def test_x():
    async with platform(SETTINGS) as made:
        await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        pid = made.pid
        for more in (0, 1, 2,4,8,16):
            async with descriptors(pid, more):
                for path in ("restart",):
                    try:
                        r = await asyncio.wait_for(made.ask("POST", f"/v1/apps/{APP}/{path}", json={}), 5)
                        print(more, r.status_code, r.text[:200])
                        if r.status_code == 202:
                            print(await asyncio.wait_for(made.ended(r.headers["location"]), 20))
                    except Exception as e:
                        print(more, repr(e))
                await asyncio.sleep(1.5)
            print("pid", made.pid == pid)
            print((made.config.folder/"up.log").read_text()[-3000:])
            try:
                print("after", (await asyncio.wait_for(made.change(f"/v1/apps/{APP}/restart", {}),20))["status"])
            except Exception as e:
                print("after", repr(e))
