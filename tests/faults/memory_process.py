"""Many operations in one process, and what is left of them in its memory: one line of JSON.

Arguments: a folder, how many operations, and `--trace` to say which lines of code hold what has grown.
"""

import asyncio
import gc
import re
import sys
import threading
import tracemalloc
from pathlib import Path

import msgspec

from headway.clock import SystemClock
from headway.engine.feed import Feed
from headway.store.sqlite import Sqlite
from tests.faults.work import Engine

TOGETHER = 50
WARM_UP = 1000


async def submit(engine: Engine, feed: Feed, count: int, first: int) -> None:
    """So many operations, fifty at a time, each followed to its end."""

    async def some(n: int) -> None:
        for number in range(first + n, first + count, TOGETHER):
            it = await engine.submit(f"thing:{number}")
            ended = await feed.ended(it.id)
            assert ended is not None

    async with asyncio.TaskGroup() as group:
        for n in range(TOGETHER):
            group.create_task(some(n))
    # Its end is told a moment before its task has ended, and the scribe looks up only after a moment.
    while engine.worker._performing or engine.worker._scribe._called:
        await asyncio.sleep(0)


def seen() -> dict[str, int]:
    """What the process has now."""
    gc.collect()
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return {
        "resident_bytes": int(found[1]) << 10,
        "objects": len(gc.get_objects()),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
    }


async def main(folder: Path, count: int, *, trace: bool) -> None:
    database = Sqlite(folder / "headway.db", SystemClock())
    await database.open()
    engine, feed = Engine(database), Feed(database)
    async with engine.at_work():
        await submit(engine, feed, WARM_UP, 0)
        if trace:
            tracemalloc.start(8)
        before, held = seen(), tracemalloc.take_snapshot() if trace else None
        await submit(engine, feed, count, WARM_UP)
        after = seen()
        if held is not None:
            for line in tracemalloc.take_snapshot().compare_to(held, "lineno")[:8]:
                sys.stderr.write(f"{line}\n")
    feed.close()
    await database.close()
    sys.stdout.buffer.write(msgspec.json.encode({"operations": count, "before": before, "after": after}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), trace="--trace" in sys.argv))
