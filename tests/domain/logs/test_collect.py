import asyncio
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from headway.clock import SECOND, SystemClock
from headway.domain.logs.collect import Collector
from headway.domain.logs.rate import MINUTE, Limit
from headway.store.database import StorageFull
from headway.store.logbook import Line, Logbook
from tests.domain.logs.outfiles import OutFiles


class Hands:
    """A clock whose hands are turned by the test; who sleeps is woken when they pass."""

    def __init__(self) -> None:
        self._now = 100 * MINUTE
        self._turned = asyncio.Event()

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return self._now / SECOND

    async def sleep(self, seconds: float) -> None:
        until = self._now + seconds * SECOND
        await asyncio.sleep(0)
        while self._now < until:
            await self._turned.wait()

    def turn(self, seconds: float) -> None:
        self._now += int(seconds * SECOND)
        self._turned.set()
        self._turned = asyncio.Event()


class FullAtTimes(Logbook):
    """A logbook whose disk is full while `full` is set; `refused` is set when it has said so."""

    full = False

    def append(self, app_id: str, *args: object, **options: object) -> None:
        if self.full:
            self.refused.set()
            raise StorageFull
        super().append(app_id, *args, **options)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def logbook(tmp_path: Path, clock: Hands) -> FullAtTimes:
    book = FullAtTimes(tmp_path / "logs", clock, hot_bytes=1 << 20)
    book.refused = asyncio.Event()
    return book


@asynccontextmanager
async def collecting(collector: Collector) -> AsyncIterator[None]:
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(collector.serve(ready, stop))
        await ready.wait()
        yield
        stop.set()


def any_source(_source: str) -> bool:
    return True


def spoken(logbook: Logbook) -> list[str]:
    return [f"{line.source}: {line.text}" for line in logbook.last("app", 100_000, any_source)]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.001)


async def test_what_a_container_says_is_stamped_kept_and_then_forgotten_by_the_runtime(
    out: Path, logbook: Logbook, clock: Hands
):
    runtime = OutFiles(out)
    async with collecting(Collector(runtime, logbook, clock)):
        following = logbook.follow("app", any_source)
        (out / "web-1.unit.out").write_bytes(b"hello\n\xff\r\nnot yet whole")
        assert await anext(following) == [
            Line(at=clock.now(), source="web-1", text="hello"),
            Line(at=clock.now(), source="web-1", text="�"),
        ]
        await until(lambda: runtime.forgotten == {"unit": 9})


async def test_the_next_collector_goes_on_where_the_last_one_was(out: Path, logbook: Logbook, clock: Hands):
    logbook.open()
    logbook.append("app", [Line(at=1, source="web-1", text="one")], unit="unit", end=4)
    (out / "web-1.unit.out").write_bytes(b"one\ntwo\n")
    async with collecting(Collector(OutFiles(out), logbook, clock)):
        await until(lambda: len(spoken(logbook)) == 2)
    assert spoken(logbook) == ["web-1: one", "web-1: two"]


async def test_what_was_kept_by_a_collector_that_died_before_the_runtime_forgot_it_is_forgotten_now(
    out: Path, logbook: Logbook, clock: Hands
):
    logbook.open()
    logbook.append("app", [Line(at=1, source="web-1", text="one")], unit="unit", end=4)
    (out / "web-1.unit.out").write_bytes(b"one\n")
    runtime = OutFiles(out)
    async with collecting(Collector(runtime, logbook, clock)):
        await until(lambda: runtime.forgotten == {"unit": 4})
    assert spoken(logbook) == ["web-1: one"]


async def test_of_a_container_that_is_gone_the_lines_stay_and_no_offset_is_kept(
    out: Path, logbook: Logbook, clock: Hands, tmp_path: Path
):
    logbook.open()
    logbook.append("app", [Line(at=1, source="web-1", text="one")], unit="earlier", end=4)
    runtime = OutFiles(out)
    runtime.gone = {"earlier", "unit"}
    async with collecting(Collector(runtime, logbook, clock)):
        (out / "web-1.unit.out").write_bytes(b"two\n")
        (out / "web-2.other.out").write_bytes(b"three\n")
        await until(lambda: {"unit", "other"} <= runtime.forgotten.keys())
    later = Logbook(tmp_path / "logs", clock, hot_bytes=1 << 20)
    assert later.open() == {"other": 6}
    assert sorted(spoken(later)) == ["web-1: one", "web-1: two", "web-2: three"]


async def test_a_container_that_says_too_much_is_told_at_once_and_the_count_when_the_minute_is_over(
    out: Path, logbook: Logbook, clock: Hands
):
    runtime = OutFiles(out)
    async with collecting(Collector(runtime, logbook, clock, limit=Limit(lines_max=2))):
        (out / "web-1.unit.out").write_bytes(b"a\nb\nc\nd\ne\n")
        (out / "web-2.other.out").write_bytes(b"f\n")
        await until(lambda: runtime.forgotten == {"unit": 10, "other": 2})
        over = spoken(logbook)
        clock.turn(60)
        await until(lambda: len(spoken(logbook)) == 5)
    assert over[:2] == ["web-1: a", "web-1: b"]
    assert over[2].startswith("web-1: over the limit of 2 lines")
    assert over[3:] == ["web-2: f"]
    assert spoken(logbook)[4] == "web-1: 3 lines (6 bytes) were dropped in the minute before"


async def test_a_collector_that_stops_tells_what_it_has_dropped(out: Path, logbook: Logbook, clock: Hands):
    runtime = OutFiles(out)
    (out / "web-1.unit.out").write_bytes(b"a\nb\n")
    async with collecting(Collector(runtime, logbook, clock, limit=Limit(lines_max=0))):
        await until(lambda: runtime.forgotten == {"unit": 4})
    assert spoken(logbook)[-1] == "web-1: 2 lines (4 bytes) were dropped in the minute before"


async def test_while_the_disk_is_full_the_runtime_keeps_what_is_said_and_nothing_is_lost(
    out: Path, logbook: FullAtTimes, clock: Hands, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    runtime = OutFiles(out)
    logbook.full = True
    async with collecting(Collector(runtime, logbook, clock)):
        (out / "web-1.unit.out").write_bytes(b"a\nb\n")
        for _ in range(3):
            await logbook.refused.wait()
            logbook.refused.clear()
            clock.turn(1)
        assert (out / "web-1.unit.out").read_bytes() == b"a\nb\n"
        logbook.full = False
        clock.turn(1)
        await until(lambda: runtime.forgotten == {"unit": 4})
    assert spoken(logbook) == ["web-1: a", "web-1: b"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


async def speaking(file: Path, stop: asyncio.Event) -> int:
    """Write numbered lines in torn pieces until told to stop; how many."""
    count = 0
    with file.open("ab", buffering=0) as opened:
        while not stop.is_set():
            for _ in range(random.randrange(1, 60)):
                count += 1
                opened.write(f"line {count}\n".encode())
            count += 1
            opened.write(b"line ")
            await asyncio.sleep(0.0005)
            opened.write(f"{count}\n".encode())
    return count


async def kill_a_collector(folder: Path, after_seconds: float) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.domain.logs.collecting", str(folder),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    await asyncio.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.timeout(90)
async def test_twenty_kills_while_containers_speak_lose_no_line_and_double_none(out: Path, tmp_path: Path):
    stop = asyncio.Event()
    files = [out / f"web-{n}.unit{n}.out" for n in (1, 2)]
    async with asyncio.TaskGroup() as group:
        speakers = [group.create_task(speaking(file, stop)) for file in files]
        for _ in range(20):
            await kill_a_collector(tmp_path, random.uniform(0, 0.05))
        stop.set()
    logbook = Logbook(tmp_path / "logs", SystemClock(), hot_bytes=1 << 30)
    runtime = OutFiles(out)
    limit = Limit(lines_max=1 << 40, bytes_max=1 << 40)
    async with collecting(Collector(runtime, logbook, SystemClock(), limit=limit)):
        sizes = {f"unit{n}": file.stat().st_size for n, file in zip((1, 2), files, strict=True)}
        await until(lambda: runtime.forgotten == sizes)
    for n, speaker in zip((1, 2), speakers, strict=True):
        kept = [line.text for line in logbook.last("app", 1 << 40, f"web-{n}".__eq__)]
        assert kept == [f"line {number}" for number in range(1, speaker.result() + 1)]
