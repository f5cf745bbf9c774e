"""What a client of the pools service needs of a platform, in a process of its own: FOLDER. Prints where it listens."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any, cast

from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.headway.dialect import headway
from headway.dialects.toloka.dialect import TOLOKA
from headway.domain.catalog import CATALOG
from headway.domain.pools.keep import PoolKeeper
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.ids import Ids
from headway.store.sqlite import Sqlite
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.workplace.pages import WORKPLACE
from tests.parity.toloka.conftest import STUDIO
from tests.ready_made import add_account, peopled, served, world_on


async def main(folder: Path) -> None:
    clock, new = SystemClock(), not (folder / "headway.db").exists()
    database = Sqlite(folder / "headway.db", clock)
    await database.open()
    ids = Ids(clock)
    worker = Worker[World](
        database, clock, CATALOG, node="one", lease_seconds=4, operations_max=100, numbered=ids.belong_to
    )
    desk = Desk(ids, clock, worker)
    world = world_on(
        database, folder, requests_per_minute=1_000_000, pool_update_seconds=2, pool_look_seconds=0.1
    )
    world = World(
        config=cast(Config, world.config),
        clock=clock,
        ids=ids,
        database=database,
        desk=desk,
        runtime=world.runtime,
        router=world.router,
        builder=world.builder,
        logbook=world.logbook,
        **_rest(world),
    )
    worker.given(world)
    if new:
        await peopled(world)
        await add_account(world, "the-studio", STUDIO)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for service in (worker, PoolKeeper(world)):
            ready = asyncio.Event()
            group.create_task(service.serve(ready, stop))
            await ready.wait()
        feed = Feed(database)
        spoken = [TOLOKA, headway(Stories(database, feed, clock, CATALOG)), WORKPLACE]
        async with served(mount(edge(world, feed), spoken)) as address:
            os.write(1, f"{address}\n".encode())
            await asyncio.Event().wait()


def _rest(world: World) -> dict[str, Any]:
    """Parts that have come to the world since, and that pools know nothing of."""
    known = {"config", "clock", "ids", "database", "desk", "runtime", "router", "builder", "logbook"}
    return {name: getattr(world, name) for name in World.__dataclass_fields__ if name not in known}


asyncio.run(main(Path(sys.argv[1])))
