import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.clock import SystemClock
from headway.store.database import StorageFull
from headway.store.logbook import Line, Logbook

HOT_BYTES = 64 << 10


def line(number: int, source: str = "web-1") -> Line:
    return Line(at=number, source=source, text=f"line {number}")


def any_source(_source: str) -> bool:
    return True


def opened(folder: Path, hot_bytes: int = HOT_BYTES) -> Logbook:
    book = Logbook(folder, SystemClock(), hot_bytes=hot_bytes)
    book.open()
    return book


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.log"))


async def some(lines: AsyncIterator[list[Line]], count: int) -> list[Line]:
    """The next `count` lines or more."""
    found: list[Line] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            found += await anext(lines)
    return found


def test_lines_are_there_after_another_process_opens_the_logbook(tmp_path: Path):
    opened(tmp_path).append("app", [line(1), line(2)], unit="unit", end=20)
    later = Logbook(tmp_path, SystemClock(), hot_bytes=HOT_BYTES)
    assert later.open() == {"unit": 20}
    assert later.last("app", 10, any_source) == [line(1), line(2)]


def test_an_app_that_said_nothing_has_no_lines(tmp_path: Path):
    assert opened(tmp_path).last("app", 10, any_source) == []


def test_the_last_lines_are_those_of_the_wanted_sources(tmp_path: Path):
    book = opened(tmp_path)
    book.append("app", [line(n, f"web-{n % 2}") for n in range(10)])
    book.append("other", [line(99, "web-0")])
    assert book.last("app", 2, lambda source: source == "web-0") == [line(6, "web-0"), line(8, "web-0")]
    assert book.last("app", 0, any_source) == []
    assert book.last("app", -1, any_source) == []


def test_offsets_of_units_that_have_long_been_silent_outlive_their_segments(tmp_path: Path):
    book = opened(tmp_path)
    book.append("app", [line(0)], unit="silent", end=7)
    for n in range(4000):
        book.append("app", [line(n)], unit="loud", end=n)
    assert book.last("app", 10_000, any_source)[0] != line(0)
    assert opened(tmp_path).open() == {"silent": 7, "loud": 3999}


def test_a_forgotten_unit_has_no_offset_and_its_lines_stay(tmp_path: Path):
    book = opened(tmp_path)
    book.append("app", [line(1)], unit="unit", end=7)
    book.append("app", [line(2)], unit="other", end=8)
    book.forget_unit("unit")
    book.forget_unit("unit")
    book.forget_unit("nobody")
    later = opened(tmp_path)
    assert later.open() == {"other": 8}
    assert later.last("app", 10, any_source) == [line(1), line(2)]


def test_a_unit_that_is_begun_anew_has_an_offset_again(tmp_path: Path):
    book = opened(tmp_path)
    book.append("app", [line(1)], unit="unit", end=7)
    book.forget_unit("unit")
    book.append("app", [line(2)], unit="unit", end=3)
    assert opened(tmp_path).open() == {"unit": 3}


def test_an_app_keeps_no_more_than_its_bytes_and_the_newest_lines(tmp_path: Path):
    book = opened(tmp_path)
    for n in range(5000):
        book.append("app", [line(n)], unit="unit", end=n)
    kept = book.last("app", 10_000, any_source)
    assert kept == [line(n) for n in range(5000 - len(kept), 5000)]
    assert HOT_BYTES * 0.9 < size_of(tmp_path) <= HOT_BYTES
    assert opened(tmp_path).last("app", 10_000, any_source) == kept


def test_a_batch_larger_than_all_that_may_be_kept_is_kept_alone(tmp_path: Path):
    book = opened(tmp_path)
    for start in (0, 10_000, 20_000):
        book.append("app", [line(start + n) for n in range(10_000)], unit="unit", end=start)
        assert book.last("app", 20_000, any_source) == [line(start + n) for n in range(10_000)]


def test_a_forgotten_app_is_gone_and_what_comes_late_is_let_go(tmp_path: Path):
    book = opened(tmp_path)
    book.append("app", [line(1)], unit="unit", end=7)
    book.forget("app")
    book.forget("app")
    book.append("app", [line(2)], unit="unit", end=8)
    assert book.last("app", 10, any_source) == []
    assert opened(tmp_path).open() == {}
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_no_apps_are_left_alone(tmp_path: Path):
    (tmp_path / "lost+found").mkdir()
    assert Logbook(tmp_path, SystemClock(), hot_bytes=HOT_BYTES).open() == {}


def test_wherever_the_last_record_is_torn_it_is_cut_and_writing_goes_on(tmp_path: Path):
    whole = tmp_path / "whole"
    book = opened(whole)
    book.append("app", [line(1)], unit="unit", end=1)
    before = size_of(whole)
    book.append("app", [line(2), line(3)], unit="unit", end=3)
    for size in range(before, size_of(whole)):
        torn = tmp_path / "torn"
        shutil.copytree(whole, torn)
        os.truncate(torn / "app" / "000000000001.log", size)
        later = Logbook(torn, SystemClock(), hot_bytes=HOT_BYTES)
        assert later.open() == {"unit": 1}
        later.append("app", [line(2), line(3)], unit="unit", end=3)
        assert opened(torn).last("app", 10, any_source) == [line(1), line(2), line(3)]
        assert opened(torn).open() == {"unit": 3}
        shutil.rmtree(torn)


def test_wherever_the_first_record_of_a_segment_is_torn_the_one_before_tells_the_offsets(tmp_path: Path):
    whole = tmp_path / "whole"
    book = opened(whole)
    end = 0
    while not (second := whole / "app" / "000000000002.log").exists():
        before, end = end, end + 1
        book.append("app", [line(end)], unit="unit", end=end)
    for size in range(second.stat().st_size):
        torn = tmp_path / "torn"
        shutil.copytree(whole, torn)
        os.truncate(torn / "app" / second.name, size)
        later = Logbook(torn, SystemClock(), hot_bytes=HOT_BYTES)
        assert later.open() == {"unit": before}
        later.append("app", [line(end)], unit="unit", end=end)
        assert opened(torn).last("app", end + 1, any_source) == [line(n) for n in range(1, end + 1)]
        shutil.rmtree(torn)


async def test_a_follower_gets_what_is_appended_from_the_call_on(tmp_path: Path):
    book = opened(tmp_path)
    book.append("app", [line(1)])
    following = book.follow("app", any_source)
    book.append("app", [line(2)])
    assert await some(following, 1) == [line(2)]


async def test_a_follower_of_an_app_that_said_nothing_yet_gets_its_first_line(tmp_path: Path):
    book = opened(tmp_path)
    following = book.follow("app", any_source)
    book.append("app", [line(1)])
    assert await some(following, 1) == [line(1)]


async def test_a_waiting_follower_is_woken_at_once(tmp_path: Path):
    book = opened(tmp_path)
    following = book.follow("app", any_source)
    waits: list[float] = []
    for n in range(50):
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(some(following, 1))
            for _ in range(5):
                await asyncio.sleep(0)
            began = time.perf_counter()
            book.append("app", [line(n)])
            assert await waiting == [line(n)]
        waits.append(time.perf_counter() - began)
    assert sorted(waits)[25] < 0.05


async def test_a_follower_gets_only_the_sources_it_wants(tmp_path: Path):
    book = opened(tmp_path)
    following = book.follow("app", lambda source: source == "router")
    book.append("app", [line(1)])
    book.append("app", [line(2, "router"), line(3)])
    assert await some(following, 1) == [line(2, "router")]


async def test_followers_across_many_segments_miss_nothing_and_double_nothing(tmp_path: Path):
    book = opened(tmp_path)
    followers = [book.follow("app", any_source) for _ in range(3)]
    count = 5000
    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(some(follower, count)) for follower in followers]
        for n in range(count):
            book.append("app", [line(n)], unit="unit", end=n)
            if n % 20 == 0:
                await asyncio.sleep(0)
    for read in reading:
        assert read.result() == [line(n) for n in range(count)]
    assert min((tmp_path / "app").iterdir()).name > "000000000010.log"


async def test_a_follower_that_falls_behind_what_is_kept_is_told_once_and_goes_on(tmp_path: Path):
    book = opened(tmp_path)
    following = book.follow("app", any_source)
    for n in range(5000):
        book.append("app", [line(n)])
    kept = book.last("app", 5000, any_source)
    found = await some(following, len(kept) + 1)
    assert "too slow" in found[0].text
    assert found[1:] == kept


async def test_a_follower_that_had_read_all_of_a_removed_segment_missed_nothing(tmp_path: Path):
    book = opened(tmp_path, hot_bytes=0)
    following = book.follow("app", any_source)
    for n in range(10):
        book.append("app", [line(n)])
        assert await some(following, 1) == [line(n)]
        assert len(list((tmp_path / "app").iterdir())) == 1


SOURCES = ("web-1", "web-2", "router")
batches = st.lists(st.lists(st.sampled_from(SOURCES), max_size=30), max_size=40)


@settings(max_examples=60, deadline=None)
@given(batches, st.sets(st.sampled_from(SOURCES)), st.integers(0, 200), st.integers(2 << 10, 64 << 10))
def test_last_and_follow_tell_the_same_as_a_list_would(
    tmp_path_factory: pytest.TempPathFactory, written: list[list[str]], names: set[str], count: int, hot: int
):
    async def check() -> None:
        folder = tmp_path_factory.mktemp("book")
        book = opened(folder, hot)
        following = book.follow("app", names.__contains__)
        all_lines: list[Line] = []
        followed: list[Line] = []
        for sources in written:
            batch = [line(len(all_lines) + n, source) for n, source in enumerate(sources)]
            all_lines += batch
            book.append("app", batch)
            if chosen := [one for one in batch if one.source in names]:
                followed += await some(following, len(chosen))
        asked = [one for one in all_lines if one.source in names]
        assert followed == asked
        for each in (book, opened(folder, hot)):
            found = each.last("app", count, names.__contains__)
            assert found == asked[len(asked) - len(found) :]
            whole = size_of(folder) < hot - hot // 16 - 2048
            assert len(found) == min(count, len(asked)) or not whole
        shutil.rmtree(folder)

    asyncio.run(check())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "headway-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small tmpfs cannot be mounted here: not root, or not allowed")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def filled(small_disk: Path) -> Callable[[], None]:
    """Fill the disk; returns how to empty it again."""
    junk = small_disk / "junk"
    with junk.open("wb", buffering=0) as file:
        for block in (4096, 1):
            try:
                while file.write(b"x" * block):
                    pass
            except OSError:
                continue
    return junk.unlink


def test_a_full_disk_refuses_the_whole_batch_and_keeps_what_was_there(small_disk: Path):
    book = opened(small_disk / "logs", hot_bytes=1 << 20)
    book.append("app", [line(1)], unit="unit", end=1)
    before = size_of(small_disk)
    empty = filled(small_disk)
    for _ in range(3):
        with pytest.raises(StorageFull):
            book.append("app", [line(n) for n in range(2000)], unit="unit", end=2)
        assert size_of(small_disk) == before
    assert book.last("app", 10, any_source) == [line(1)]
    assert opened(small_disk / "logs").open() == {"unit": 1}
    empty()
    book.append("app", [line(2)], unit="unit", end=2)
    assert opened(small_disk / "logs").last("app", 10, any_source) == [line(1), line(2)]
