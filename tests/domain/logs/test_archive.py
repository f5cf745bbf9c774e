import asyncio
import gzip
import logging
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from headway.clock import SECOND
from headway.domain.logs import archive
from headway.domain.logs.archive import Archivist
from headway.model.logs import Line, dated
from headway.store.logbook import Logbook
from tests.domain.logs.archiving import logbook_in
from tests.ready_made import HandClock

DAY = 86_400


async def until_archived(logbook: Logbook, count: int) -> None:
    """Another thread archives, and files give no sign."""
    async with asyncio.timeout(60):
        while len(logbook.archives("app")) < count:
            await asyncio.sleep(0.005)


def say(logbook: Logbook, lines: int, at: int = SECOND) -> None:
    for n in range(lines):
        logbook.append("app", [Line(at=at, source="web-1", text=f"line {n}")])


def archived(logbook: Logbook) -> list[str]:
    """All archived lines, oldest first."""
    files = [logbook.archive_file("app", it.number) for it in reversed(logbook.archives("app"))]
    return [
        line for file in files if file for line in gzip.decompress(file.read_bytes()).decode().splitlines()
    ]


def everything(logbook: Logbook) -> list[str]:
    """What is archived, and what is at hand behind it."""
    return archived(logbook) + [dated(line) for line in logbook.last("app", 1 << 40, lambda _source: True)]


async def test_what_no_longer_fits_is_archived_at_once_and_nothing_is_lost_or_there_twice(tmp_path: Path):
    logbook = logbook_in(tmp_path)
    logbook.open()
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Archivist(logbook, HandClock(), retention_days=1e6).serve(ready, stop))
        await ready.wait()
        say(logbook, 3000)
        await until_archived(logbook, 20)
        stop.set()
    logbook.pack(0)
    assert [line.rpartition(" ")[2] for line in everything(logbook)] == [str(n) for n in range(3000)]


async def test_what_an_earlier_process_put_away_is_archived_by_the_next(tmp_path: Path):
    earlier = logbook_in(tmp_path)
    earlier.open()
    say(earlier, 3000)
    assert earlier.archives("app") == []
    logbook = logbook_in(tmp_path)
    logbook.open()
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(Archivist(logbook, HandClock(), retention_days=1e6).serve(asyncio.Event(), stop))
        await until_archived(logbook, 20)
        stop.set()
    logbook.pack(0)
    assert len(everything(logbook)) == 3000


async def test_archives_go_when_their_days_are_over(tmp_path: Path):
    clock = HandClock()
    logbook = logbook_in(tmp_path)
    logbook.open()
    say(logbook, 3000, at=clock.now())
    archivist = Archivist(logbook, clock, retention_days=2)
    assert await archivist._packed()
    assert len(logbook.archives("app")) > 10
    clock.ahead = 2 * DAY - 60
    assert await archivist._packed()
    assert len(logbook.archives("app")) > 10
    clock.ahead = 2 * DAY + 60
    assert await archivist._packed()
    assert logbook.archives("app") == []


async def test_a_disk_that_is_full_is_told_once_and_archiving_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    logbook = logbook_in(tmp_path)
    logbook.open()
    say(logbook, 3000)
    archivist = Archivist(logbook, HandClock(), retention_days=1e6)
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):

        def full(_before: int) -> None:
            raise OSError(28, "no space left on device")

        patch.setattr(logbook, "pack", full)
        assert not await archivist._packed()
        assert not await archivist._packed()
    assert [record.name for record in caplog.records] == [archive.__name__]
    assert await archivist._packed()
    assert len(everything(logbook)) == 3000


async def test_an_app_that_is_deleted_while_it_is_archived_leaves_nothing(tmp_path: Path):
    logbook = logbook_in(tmp_path)
    logbook.open()
    say(logbook, 6000)
    packing = asyncio.ensure_future(asyncio.to_thread(logbook.pack, 0))
    logbook.forget("app")
    await packing
    logbook.pack(0)
    assert logbook.archives("app") == []
    assert not (tmp_path / "app").exists()


@pytest.mark.timeout(120)
async def test_kills_while_lines_are_archived_lose_none_and_double_none(tmp_path: Path):
    for _ in range(12):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.domain.logs.archiving", str(tmp_path),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        await asyncio.sleep(random.uniform(0, 0.08))
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
    logbook = logbook_in(tmp_path)
    count = logbook.open()["unit"]
    logbook.pack(0)
    assert len(logbook.archives("app")) > 3
    assert [line.rpartition(" ")[2] for line in everything(logbook)] == [str(n) for n in range(count)]
