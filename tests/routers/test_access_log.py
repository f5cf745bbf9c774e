"""Reading an access log that is written, turned and cut off meanwhile."""

import asyncio
import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.clock import SystemClock
from headway.inotify import Inotify
from headway.routers import access_log
from headway.routers.access_log import TURNED_MAX, AccessLog
from headway.routers.port import Request


def line(number: int) -> bytes:
    row = {"time": "2023-11-14T22:13:20.123Z", "path": f"/{number}", "status": 200}
    return json.dumps(row).encode() + b"\n"


class Writer:
    """Writes as Envoy does: into the file it has opened, wherever that is called meanwhile."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.written = 0
        self._opened = file.open("ab", buffering=0)

    def write(self, count: int = 1) -> None:
        for _ in range(count):
            self._opened.write(line(self.written))
            self.written += 1

    def write_raw(self, raw: bytes) -> None:
        self._opened.write(raw)

    def reopen(self) -> None:
        self._opened.close()
        self._opened = self.file.open("ab", buffering=0)

    def close(self) -> None:
        self._opened.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
def log(file: Path) -> AccessLog:
    return AccessLog(file, SystemClock(), bytes_max=1)


@pytest.fixture
def writer(file: Path):
    made = Writer(file)
    yield made
    made.close()


async def some(log: AccessLog, after: int, count: int) -> list[Request]:
    """The next `count` requests behind a place."""
    found: list[Request] = []
    async with asyncio.timeout(30):
        async for requests in log.follow(after):
            found += requests
            if len(found) >= count:
                break
    return found


def paths(requests: list[Request]) -> list[str]:
    return [request.path for request in requests]


def expected(start: int, end: int) -> list[str]:
    return [f"/{number}" for number in range(start, end)]


async def test_what_was_written_is_told_in_its_order_and_again_from_any_place(log: AccessLog, writer: Writer):
    writer.write(5)
    told = await some(log, 0, 5)
    assert paths(told) == expected(0, 5)
    for request in told[:-1]:
        later = await some(log, request.end, 1)
        assert later == [it for it in told if it.end > request.end]


async def test_what_comes_later_is_told_when_it_comes(log: AccessLog, writer: Writer):
    following = log.follow(0)
    for number in range(3):
        next_one = asyncio.ensure_future(anext(following))
        await asyncio.sleep(0)
        writer.write()
        async with asyncio.timeout(30):
            assert paths(await next_one) == [f"/{number}"]


async def test_a_line_is_told_once_it_is_whole(log: AccessLog, writer: Writer):
    whole = line(0)
    writer.write_raw(whole[:20])
    following = log.follow(0)
    next_one = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0.01)
    assert not next_one.done()
    writer.write_raw(whole[20:])
    async with asyncio.timeout(30):
        assert paths(await next_one) == ["/0"]


async def test_a_log_that_is_not_there_yet_is_followed_from_its_beginning(file: Path, log: AccessLog):
    next_one = asyncio.ensure_future(anext(log.follow(0)))
    await asyncio.sleep(0.01)
    writer = Writer(file)
    writer.write()
    async with asyncio.timeout(30):
        assert paths(await next_one) == ["/0"]
    writer.close()


async def test_lines_that_still_go_into_a_turned_file_are_told_before_those_of_the_next(
    log: AccessLog, writer: Writer
):
    writer.write(2)
    following = log.follow(0)
    async with asyncio.timeout(30):
        told = paths(await anext(following))
        assert log.turn()
        writer.write(2)
        told += paths(await anext(following))
        writer.reopen()
        writer.write(2)
        told += paths(await anext(following))
    assert told == expected(0, 6)


async def test_a_place_stays_what_it_was_when_its_file_is_turned(log: AccessLog, writer: Writer):
    writer.write(4)
    told = await some(log, 0, 4)
    for _ in range(3):
        log.turn()
        writer.reopen()
        writer.write(2)
    assert paths(await some(log, told[1].end, 8)) == expected(2, 10)
    assert [it.end for it in await some(log, 0, 10)] == sorted({it.end for it in await some(log, 0, 10)})


async def test_files_that_have_been_read_are_forgotten_and_the_count_goes_on(
    file: Path, log: AccessLog, writer: Writer
):
    for _ in range(4):
        writer.write(2)
        log.turn()
        writer.reopen()
    writer.write(2)
    told = await some(log, 0, 10)
    log.forget(told[4].end)
    assert sorted(it.name for it in file.parent.iterdir())[1:] == ["access.log.3", "access.log.4"]
    log.forget(told[9].end)
    log.forget(told[9].end)
    assert {it.name: it.stat().st_size for it in file.parent.iterdir()} == {
        "access.log": file.stat().st_size,
        "access.log.4": 0,
    }
    writer.write(1)
    assert paths(await some(log, told[9].end, 1)) == ["/10"]


async def test_a_log_that_nobody_reads_keeps_so_many_files_and_what_is_left_is_told(
    log: AccessLog, writer: Writer, file: Path, caplog: pytest.LogCaptureFixture
):
    writer.write(1)
    place = (await some(log, 0, 1))[0].end
    for _ in range(TURNED_MAX + 3):
        log.turn()
        writer.reopen()
        writer.write(1)
    assert len(list(file.parent.iterdir())) == TURNED_MAX + 1
    assert "a part of it is dropped" in caplog.text
    assert paths(await some(log, place, TURNED_MAX + 1)) == expected(3, TURNED_MAX + 4)


@pytest.mark.parametrize("lost", ["all", "cut"])
async def test_where_the_files_of_a_place_are_gone_what_is_there_is_told_once(
    lost: str, log: AccessLog, writer: Writer, file: Path
):
    for _ in range(3):
        writer.write(2)
        log.turn()
        writer.reopen()
    writer.write(20)
    place = (await some(log, 0, 26))[-1].end
    if lost == "all":
        for it in file.parent.iterdir():
            it.unlink()
        writer.reopen()
    else:
        os.truncate(file, 0)
    writer.write(2)
    told = await some(log, place, 2)
    assert paths(told) == expected(26, 28)
    assert told[0].end > place
    writer.write(1)
    assert paths(await some(log, told[-1].end, 1)) == expected(28, 29)


async def test_lines_that_are_none_are_counted_and_passed_by(
    log: AccessLog, writer: Writer, caplog: pytest.LogCaptureFixture
):
    writer.write(1)
    writer.write_raw(b"half of a li\n\n")
    writer.write(1)
    assert paths(await some(log, 0, 2)) == expected(0, 2)
    assert "2 lines of the access log could not be read" in caplog.text


async def test_a_line_without_an_end_does_not_hold_up_what_follows(
    log: AccessLog, writer: Writer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(access_log, "_READ_BYTES", 200)
    writer.write_raw(b"x" * 450)
    writer.write_raw(b"\n")
    writer.write(2)
    assert paths(await some(log, 0, 2)) == expected(0, 2)


async def test_a_line_that_was_not_ended_before_its_file_was_turned_is_passed_by(
    log: AccessLog, writer: Writer
):
    writer.write(1)
    writer.write_raw(b"half of a li")
    log.turn()
    writer.reopen()
    writer.write(1)
    assert paths(await some(log, 0, 2)) == expected(0, 2)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOSPC])
async def test_when_too_many_files_are_open_or_watched_it_is_read_later(
    log: AccessLog, writer: Writer, monkeypatch: pytest.MonkeyPatch, number: int
):
    monkeypatch.setattr(access_log, "_SCARCE_SECONDS", 0)
    watch, refused = Inotify.watch, list[Path]()

    def refuse(self: Inotify, path: Path, mask: int) -> int:
        if path == log.file and len(refused) < 3:
            refused.append(path)
            raise OSError(number, "no more")
        return watch(self, path, mask)

    monkeypatch.setattr(Inotify, "watch", refuse)
    writer.write(2)
    assert paths(await some(log, 0, 2)) == expected(0, 2)
    assert len(refused) == 3


def test_a_short_file_is_not_turned_and_a_missing_one_is_asked_for_again(file: Path):
    log = AccessLog(file, SystemClock(), bytes_max=1000)
    assert log.turn()
    file.write_bytes(b"x")
    assert not log.turn()
    file.write_bytes(b"x" * 1000)
    assert log.turn()
    assert not file.exists()
    assert log.turned(1).exists()
    assert log.turn()


Act = Callable[[AccessLog, Writer], object]
ACTS: dict[str, Act] = {
    "write": lambda log, writer: writer.write(2),
    "turn": lambda log, writer: log.turn(),
    "reopen": lambda log, writer: writer.reopen(),
}


@settings(max_examples=60, deadline=None)
@given(
    acts=st.lists(st.sampled_from([*ACTS, "read", "die"]), max_size=25),
)
def test_whatever_happens_each_request_is_told_once(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str]
):
    file = tmp_path_factory.mktemp("log") / "access.log"
    log, writer = AccessLog(file, SystemClock(), bytes_max=1), Writer(file)
    told: list[str] = []
    place = 0
    reader = access_log._Reader(log, place)
    for act in [*acts, "reopen", "write", "read"]:
        if act in ACTS:
            if act == "turn" and not file.exists():
                continue
            ACTS[act](log, writer)
        elif act == "die":
            reader.close()
            reader = access_log._Reader(log, place)
        else:
            while (found := reader.read()) is not None:
                told += paths(found)
                place = found[-1].end if found else place
            log.forget(place)
    reader.close()
    writer.close()
    assert told == expected(0, writer.written)
