"""A process that collects from `<folder>/out` into `<folder>/logs` until it is killed. Says a line when it begins."""

import asyncio
import sys
from pathlib import Path

from headway.clock import SystemClock
from headway.domain.logs.collect import Collector
from headway.domain.logs.rate import Limit
from headway.store.logbook import Logbook
from tests.domain.logs.outfiles import OutFiles


async def main(folder: Path) -> None:
    clock = SystemClock()
    logbook = Logbook(folder / "logs", clock, hot_bytes=16 << 20)
    runtime = OutFiles(folder / "out")
    ready = asyncio.Event()
    collector = Collector(runtime, logbook, clock, limit=Limit(lines_max=1 << 40, bytes_max=1 << 40))
    async with asyncio.TaskGroup() as group:
        group.create_task(collector.serve(ready, asyncio.Event()))
        await ready.wait()
        sys.stdout.write("ready\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
