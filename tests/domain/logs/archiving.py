"""A process that writes numbered lines into `<folder>` and archives them until it is killed. Says a line when it begins.

Each line's number is its offset, as with a container's output: the next process goes on where this one ended.
"""

import asyncio
import sys
from pathlib import Path

from headway.clock import SystemClock
from headway.domain.logs.archive import Archivist
from headway.model.logs import Line
from headway.store.logbook import Logbook

HOT_BYTES = 32 << 10
LINES_AT_ONCE = 20


def logbook_in(folder: Path) -> Logbook:
    return Logbook(folder, SystemClock(), hot_bytes=HOT_BYTES, archive_bytes=1 << 30)


async def write(logbook: Logbook, number: int) -> None:
    clock = SystemClock()
    while True:
        lines = [
            Line(at=clock.now(), source="web-1", text=f"line {n}")
            for n in range(number, number + LINES_AT_ONCE)
        ]
        number += LINES_AT_ONCE
        logbook.append("app", lines, unit="unit", end=number)
        await asyncio.sleep(0)


async def main(folder: Path) -> None:
    logbook = logbook_in(folder)
    number = logbook.open().get("unit", 0)
    archivist = Archivist(logbook, SystemClock(), retention_days=1)
    async with asyncio.TaskGroup() as group:
        group.create_task(archivist.serve(asyncio.Event(), asyncio.Event()))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        group.create_task(write(logbook, number))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
