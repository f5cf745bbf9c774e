"""A process that gathers from `<folder>/access.log`, and turns it, until it is killed. Says a line when it begins."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

from headway.clock import SystemClock
from headway.domain.logs.rate import Limit
from headway.domain.logs.router_lines import RouterLines
from headway.domain.stats import gather
from headway.domain.stats.gather import Gatherer
from headway.routers import access_log
from headway.routers.access_log import AccessLog
from headway.routers.port import Request
from headway.store.database import Database
from headway.store.logbook import Logbook
from headway.store.sqlite import Sqlite
from tests.ready_made import Told

LIMIT = Limit(lines_max=1 << 40, bytes_max=1 << 40)


class Router:
    """The two calls of a router that concern requests, over a real access log."""

    def __init__(self, folder: Path) -> None:
        self.log = AccessLog(folder / "access.log", SystemClock(), bytes_max=64 << 10)

    def requests(self, after: int) -> AsyncIterator[list[Request]]:
        return self.log.follow(after)

    async def forget_requests(self, end: int) -> None:
        self.log.forget(end)


def logbook_in(folder: Path) -> Logbook:
    return Logbook(folder / "logs", SystemClock(), hot_bytes=1 << 30)


def gatherer(folder: Path, database: Database, logbook: Logbook) -> Gatherer:
    clock = SystemClock()
    lines = RouterLines(database, cast(Any, Told()), logbook, clock, limit=LIMIT)
    return Gatherer(cast(Any, Router(folder)), database, lines, clock, node="one")


async def main(folder: Path) -> None:
    gather.KEEP_SECONDS = 0.02
    # Whoever is killed before it has kept anything leaves all that was written to the next.
    access_log.TURNED_MAX = 1000
    logbook, database = logbook_in(folder), Sqlite(folder / "headway.db", SystemClock())
    await database.open()
    logbook.open()
    ready = asyncio.Event()
    router = Router(folder)
    async with asyncio.TaskGroup() as group:
        group.create_task(gatherer(folder, database, logbook).serve(ready, asyncio.Event()))
        await ready.wait()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            router.log.turn()
            await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
