"""The pools service behind HTTP, in Toloka's dialect: see `bench/labelling.py`. It prints where it is reached, and serves until it is killed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import uvloop
from loop import given
from serve_headway import SECRET, free_port, peopled, world_of

from headway.clock import SystemClock
from headway.dialects.toloka.dialect import TOLOKA
from headway.domain.catalog import CATALOG
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.ids import Ids
from headway.store.database import Database
from headway.store.postgres import Postgres
from headway.store.sqlite import Sqlite
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.web.server import Server


async def main(url: str, data: str) -> None:
    """Say where it is, serve."""
    clock = SystemClock()
    database: Database = Postgres(url, clock) if url.startswith("postgresql:") else Sqlite(Path(url), clock)
    await database.open()
    ids = Ids(clock)
    worker = Worker[Any](
        database,
        clock,
        CATALOG,
        node="bench",
        lease_seconds=10,
        operations_max=100,
        numbered=ids.belong_to,
    )
    world = world_of(data, database, Desk(ids, clock, worker), ids)
    worker.given(world)
    await peopled(world)
    port = free_port()
    roof = mount(edge(world, Feed(database)), (TOLOKA,))
    server = Server(roof, ("127.0.0.1", port), drain_seconds=2)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for service in (worker, server):
            ready = asyncio.Event()
            group.create_task(service.serve(ready, stop))
            await ready.wait()
        print(json.dumps({"port": port, "token": SECRET}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(**given()))
