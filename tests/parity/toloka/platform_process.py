"""What a client of the pools service needs of a platform, in a process of its own: FOLDER. Prints where it listens.

Then it does what it is told, and says so: `saturate` fills every place where an operation could run, `release` frees them.
It ends with its standard input.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any, cast

import msgspec

from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.headway.dialect import headway
from headway.dialects.toloka.dialect import TOLOKA
from headway.domain.accounts.secret import hash_of
from headway.domain.catalog import CATALOG
from headway.domain.pools.keep import PoolKeeper
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.ids import Ids
from headway.model.accounts import Account, Token
from headway.model.operations import Actor
from headway.store import accounts, tokens
from headway.store.database import Tx
from headway.store.sqlite import Sqlite
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.workplace.pages import WORKPLACE
from tests.parity.toloka.people import ACCOUNTS, token_of
from tests.ready_made import served, world_on

PLACES = 24


class Held(msgspec.Struct, frozen=True):
    """Which place is held."""

    n: int


class Gate:
    """Holds every place of a worker while it is shut."""

    def __init__(self) -> None:
        self._open, self._full = asyncio.Event(), asyncio.Event()
        self._held = 0
        self.hold: OperationType[Held, World] = OperationType(
            name="test.hold",
            params=Held,
            target=lambda params: f"place:{params.n}",
            steps=(Step(title="hold it", do=self._wait),),
        )

    async def _wait(self, _: Any) -> None:
        self._held += 1
        if self._held == PLACES:
            self._full.set()
        await self._open.wait()

    async def saturate(self, world: World) -> None:
        """No operation that is accepted from now on begins."""
        self._open, self._full, self._held = asyncio.Event(), asyncio.Event(), 0
        by = Actor(account_id=(await world.database.read(lambda tx: accounts.by_name(tx, "person-000"))).id)
        for _ in range(PLACES):
            held = Held(world.ids.next())
            await world.database.write(lambda tx, it=held: world.desk.submit(tx, self.hold, it, by=by))
        await self._full.wait()

    def release(self) -> None:
        """They begin."""
        self._open.set()


async def main(folder: Path) -> None:
    clock, new, gate = SystemClock(), not (folder / "headway.db").exists(), Gate()
    database = Sqlite(folder / "headway.db", clock)
    await database.open()
    ids, catalog = Ids(clock), {**CATALOG, gate.hold.name: gate.hold}
    worker = Worker[World](
        database, clock, catalog, node="one", lease_seconds=4, operations_max=PLACES, numbered=ids.belong_to
    )
    world = world_of(database, folder, clock, ids, worker)
    worker.given(world)
    if new:
        await world.database.write(lambda tx: people(tx, world))
    feed, stop = Feed(database), asyncio.Event()
    stories = Stories(database, feed, clock, catalog)
    async with asyncio.TaskGroup() as group:
        for service in (worker, PoolKeeper(world)):
            ready = asyncio.Event()
            group.create_task(service.serve(ready, stop))
            await ready.wait()
        async with served(mount(edge(world, feed), [TOLOKA, headway(stories), WORKPLACE])) as address:
            say(address)
            await obey(world, gate)
        stop.set()


def world_of(database: Sqlite, folder: Path, clock: SystemClock, ids: Ids, worker: Worker[World]) -> World:
    """One on the machine's clock, whose desk has that worker behind it."""
    world = world_on(
        database, folder, requests_per_minute=1_000_000, pool_update_seconds=2, pool_look_seconds=0.1
    )
    parts: dict[str, Any] = {name: getattr(world, name) for name in World.__dataclass_fields__}
    desk = Desk(ids, clock, worker)
    return World(**{**parts, "config": cast(Config, world.config), "clock": clock, "ids": ids, "desk": desk})


async def people(tx: Tx, world: World) -> None:
    """Everybody who will ask."""
    for n in range(ACCOUNTS):
        now, name = world.clock.now(), f"person-{n:03}"
        account = Account(world.ids.next(), name, f"{name}@example.com", now)
        await accounts.insert(tx, account)
        await tokens.insert(tx, Token(world.ids.next(), account.id, "first", hash_of(token_of(n)), now, None))


async def obey(world: World, gate: Gate) -> None:
    """Until nobody tells anything any more."""
    told = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while word := (await told.readline()).decode().strip():
        await gate.saturate(world) if word == "saturate" else gate.release()
        say(word)


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


asyncio.run(main(Path(sys.argv[1])))
