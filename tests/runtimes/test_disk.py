"""How much disk a task takes."""

import asyncio
import os
from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.runtimes import disk
from headway.runtimes.disk import overfull


async def test_it_is_noticed_when_folders_hold_too_much_together(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other" / "deep"
    for folder in (one, other):
        folder.mkdir(parents=True)
    (one / "a").write_bytes(b"x" * 60_000)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(overfull((one, tmp_path / "other"), 100_000, SystemClock()))
        (other / "b").write_bytes(b"x" * 60_000)
        assert await watching


async def test_what_was_deleted_and_is_open_counts(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as opened:
        opened.write(b"x" * 200_000)
        opened.flush()
        (tmp_path / "a").unlink()
        pids = {os.getpid(), 999_999_999}
        assert await overfull((tmp_path,), 100_000, SystemClock(), lambda: lambda: pids)


async def test_a_disk_that_is_about_to_be_full_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FREE_BYTES_MIN", 1 << 60)
    monkeypatch.setattr(disk, "_FREE_SHARE_MIN", 1)
    assert not await overfull((tmp_path,), 100_000, SystemClock())


async def test_what_is_below_the_limit_or_not_there_is_let_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10_000)
    (tmp_path / "circle").symlink_to(tmp_path)
    watching = asyncio.get_running_loop().create_task(
        overfull((tmp_path, tmp_path / "missing"), 100_000, SystemClock())
    )
    done, _ = await asyncio.wait([watching], timeout=0.1)
    assert not done
    watching.cancel()
    await asyncio.wait([watching])
