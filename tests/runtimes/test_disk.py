"""How much disk a task takes."""

import asyncio
from pathlib import Path

from headway.clock import SystemClock
from headway.runtimes.disk import overfull


async def test_it_is_noticed_when_folders_hold_too_much_together(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other" / "deep"
    for folder in (one, other):
        folder.mkdir(parents=True)
    (one / "a").write_bytes(b"x" * 60_000)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(overfull((one, tmp_path / "other"), 100_000, SystemClock()))
        (other / "b").write_bytes(b"x" * 60_000)
        await watching


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
