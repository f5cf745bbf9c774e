"""Ready-made parts for tests that speak to the platform: a clock that is set by hand, a world on a real database, a server."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from headway.clock import SECOND, SystemClock
from headway.config import Config
from headway.domain.accounts.secret import hash_of
from headway.domain.sites import Sites
from headway.domain.stats.meter import Meter
from headway.domain.world import World
from headway.engine.submit import Desk, Seat
from headway.ids import Ids
from headway.model.accounts import Account, Token
from headway.model.operations import Operation
from headway.runtimes.port import Errand, Status, Usage
from headway.store import accounts, tokens
from headway.store.blobs import Blobs
from headway.store.database import Database
from headway.store.logbook import Logbook
from headway.store.sqlite import Sqlite
from headway.testing.authority import PaperAuthority
from headway.testing.builder import CopyingBuilder
from headway.testing.router import MemoryRouter

SECRET = "tk-us-a-secret"
OTHER_SECRET = "tk-us-another-secret"


class HandClock(SystemClock):
    """The machine's clock, moved forward by hand."""

    def __init__(self) -> None:
        self.ahead = 0

    def now(self) -> int:
        return super().now() + self.ahead * SECOND

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class NobodyWorks:
    """A host without room: operations that are accepted stay queued."""

    def room(self) -> Seat | None:
        return None

    def begin(self, operation: Operation, seat: Seat) -> None:
        raise AssertionError(operation)

    def look(self) -> None:
        pass


class Told:
    """What reading needs of a runtime: what is running, and what that uses, as the test says."""

    def __init__(self) -> None:
        self.statuses: list[Status] = []
        self.usages: list[Usage] = []

    async def units(self, app_id: str | None = None) -> list[Status]:
        return [one for one in self.statuses if app_id in {None, one.app_id}]

    async def usage(self, app_id: str | None = None) -> list[Usage]:
        return [one for one in self.usages if app_id in {None, one.app_id}]

    def confined(self, errand: Errand) -> list[str]:
        """Git may be called, as it is."""
        return list(errand.argv)


def world_on(database: Database, folder: Path, **settings: Any) -> World:
    """A world on that database, with its files in the folder, and nobody in it."""
    clock = HandClock()
    ids, router, runtime = Ids(clock), MemoryRouter(clock), cast(Any, Told())
    return World(
        config=Config(**{"data": str(folder), "scalingo_requests_per_minute": 6000, **settings}),
        clock=clock,
        ids=ids,
        database=database,
        desk=Desk(ids, clock, NobodyWorks()),
        runtime=runtime,
        router=router,
        sites=Sites(database, router, clock),
        authority=PaperAuthority(clock, router.answers),
        builder=CopyingBuilder(folder / "builds"),
        logbook=Logbook(folder / "logs", clock, hot_bytes=1 << 20, archive_bytes=1 << 30),
        blobs=Blobs(folder / "files", clock),
        meter=Meter(runtime, clock),
    )


@contextlib.asynccontextmanager
async def world_in(folder: Path, **settings: Any) -> AsyncIterator[World]:
    """A world on a new SQLite database in the folder, with the accounts `admin` and `other`."""
    database = Sqlite(folder / "headway.db", SystemClock())
    await database.open()
    try:
        yield await peopled(world_on(database, folder, **settings))
    finally:
        await database.close()


async def peopled(world: World) -> World:
    """The world, now with the accounts `admin` and `other`."""
    await add_account(world, "admin", SECRET)
    await add_account(world, "other", OTHER_SECRET)
    return world


async def add_account(world: World, name: str, secret: str) -> Account:
    """An account with one token."""
    account = Account(world.ids.next(), name, f"{name}@example.com", world.clock.now())
    await world.database.write(lambda tx: accounts.insert(tx, account))
    await add_token(world, account.id, secret)
    return account


async def add_token(world: World, account_id: int, secret: str) -> None:
    """A token of an account that is there."""
    token = Token(world.ids.next(), account_id, "first", hash_of(secret), world.clock.now(), None)
    await world.database.write(lambda tx: tokens.insert(tx, token))


@contextlib.asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The application behind a real server; its `host:port`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, log_level="warning", ws="websockets-sansio", lifespan="off", interface="asgi3"
        )
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            while not server.started:
                await asyncio.sleep(0.005)
            yield f"127.0.0.1:{listener.getsockname()[1]}"
            server.should_exit = True
            server.force_exit = True
