"""The world outside, in which control planes live and die: containers, routes, slugs and a database go on without one."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from headway.clock import SystemClock
from headway.config import Config
from headway.domain.catalog import CATALOG
from headway.domain.deployments.deploy import deploy
from headway.domain.deployments.upload import create_source, upload
from headway.domain.sites import Sites
from headway.domain.stats.meter import Meter
from headway.domain.world import World
from headway.engine.declare import OperationType
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.ids import Ids, show
from headway.model.accounts import Account
from headway.model.apps import App, Container
from headway.model.deployments import Deployment, Release
from headway.model.operations import Actor, Operation
from headway.runtimes.port import Status
from headway.store import accounts, apps, containers, operations, releases
from headway.store.blobs import Blobs
from headway.store.database import Database
from headway.store.logbook import Logbook
from headway.testing.authority import PaperAuthority
from headway.testing.builder import CopyingBuilder
from headway.testing.examples import archive
from headway.testing.fuse import Fuse, Fused, FusedDatabase, PowerCut
from headway.testing.router import Answer, MemoryRouter
from headway.testing.runtime import MemoryRuntime

Catalog = dict[str, OperationType[Any, World]]
ENDS = {"operation.succeeded", "operation.failed", "operation.cancelled"}


class Outside:
    """What a dead process leaves behind."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.clock = SystemClock()
        self.ids = Ids(self.clock)
        self.config = Config(
            data=str(folder),
            apps_tls="127.0.0.1:1",
            request_drain_seconds=1,
            lease_seconds=30,
            scalingo_requests_per_minute=6000,
        )
        self.database = database
        self.runtime = MemoryRuntime(self.clock)
        self.router = MemoryRouter(self.clock)
        self.authority = PaperAuthority(self.clock, self.router.answers)
        self.builder = CopyingBuilder(folder / "builds")
        self.logbook = Logbook(folder / "logs", self.clock, hot_bytes=1 << 20, archive_bytes=1 << 30)
        self.blobs = Blobs(folder / "files", self.clock)
        self.by = Actor(account_id=self.ids.next(), name="admin")

    async def settled(self) -> None:
        """Return when nothing that a dead process had sent to the database is under way any more."""
        database: Any = self.database
        if database.name == "sqlite":
            await database._idle.wait()
        else:
            await database._bodies.idle()
            await database._entries.idle()

    def settings(self, **changes: Any) -> None:
        """Let processes that come have other settings."""
        self.config = msgspec.structs.replace(self.config, **changes)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Outside"]:
        """With its account, and the runtime running."""
        account = Account(self.by.account_id, "admin", "admin@example.com", self.clock.now())
        await self.database.write(lambda tx: accounts.insert(tx, account))
        ready, stop = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runtime.serve(ready, stop))
            await ready.wait()
            yield self
            stop.set()

    def process(self, catalog: Catalog = CATALOG, fuse: Fuse | None = None) -> tuple[World, Worker[World]]:
        """A process, which dies when the fuse blows."""
        fuse = fuse or Fuse()
        database = FusedDatabase(self.database, fuse)
        worker = Worker[World](database, self.clock, catalog, node="one", lease_seconds=30, operations_max=10)
        router = cast(Any, Fused(self.router, "router", fuse))
        world = World(
            config=self.config,
            clock=self.clock,
            ids=self.ids,
            database=database,
            desk=Desk(self.ids, self.clock, worker),
            runtime=cast(Any, Fused(self.runtime, "runtime", fuse)),
            router=router,
            sites=Sites(database, router, self.clock),
            authority=cast(Any, Fused(self.authority, "authority", fuse)),
            builder=cast(Any, Fused(self.builder, "builder", fuse)),
            logbook=self.logbook,
            blobs=cast(Any, Fused(self.blobs, "blobs", fuse)),
            meter=Meter(self.runtime, self.clock),
        )
        worker.given(world)
        return world, worker

    @contextlib.asynccontextmanager
    async def at_work(self, catalog: Catalog = CATALOG) -> AsyncIterator[World]:
        """A process that performs what it is given, until the end of the block."""
        world, worker = self.process(catalog)
        ready, stop = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.serve(ready, stop))
            await ready.wait()
            yield world
            stop.set()

    async def end_of(self, operation: Operation) -> Operation:
        """The operation, once it has ended."""
        return await self.end_of_id(operation.id)

    async def end_of_id(self, id: int) -> Operation:
        """The operation with that id, once it has ended."""
        async with asyncio.timeout(60):
            await ended(self, id)
        found = await self.database.read(lambda tx: operations.get(tx, id))
        assert found is not None
        return found

    async def app(self, app: App) -> App:
        """The app as it is now."""
        return await self.database.read(lambda tx: apps.get(tx, app.id))

    async def release(self, id: int | None) -> Release:
        """The release with that id."""
        assert id is not None
        return await self.database.read(lambda tx: releases.get(tx, id))

    async def rows(self, app: App) -> list[Container]:
        """The containers that the app should have."""
        return await self.database.read(lambda tx: containers.of_app(tx, app.id))

    async def units(self, app: App) -> list[Status]:
        """The containers that it has."""
        return await self.runtime.units(show(app.id))

    async def labels(self, app: App) -> list[str]:
        """What those are called."""
        return [it.label for it in await self.units(app)]

    async def said(self, operation: Operation) -> str:
        """Everything that the operation said."""
        return "".join(
            line.text
            for line in await self.database.read(lambda tx: operations.log_after(tx, operation.id, 0))
        )

    def serves_by(self, *names: str) -> None:
        """A request now, by one of these names of an app, would be answered; nothing where none is given."""
        answers = [self.router.ask(f"{name}.{self.config.domain}") for name in names]
        if answers:
            _is_served(next((it for it in answers if it.status == 200), answers[0]))

    def serves(self, hostname: str) -> None:
        """A request now would be answered."""
        _is_served(self.router.ask(hostname))

    async def forgets(self, app: App) -> None:
        """Nothing of the app runs or is routed any more: what is left of it in the rows is in nobody's way."""
        await self.router.drop(show(app.id))
        for it in await self.units(app):
            await self.runtime.stop(it.id, grace_seconds=0)


def _is_served(answer: Answer) -> None:
    assert answer.status == 200, answer
    assert answer.endpoint is not None
    socket.create_connection((answer.endpoint.host, answer.endpoint.port), timeout=5).close()


@pytest.fixture
async def outside(tmp_path: Path, database: Database) -> AsyncIterator[Outside]:
    """A world outside, on each database in turn."""
    async with Outside(tmp_path, database).open() as outside:
        yield outside


async def uploaded(world: World, by: Actor, procfile: str) -> str:
    """The URL of an archive that holds a Procfile and nothing else."""
    secrets = await create_source(world, by)

    async def chunks() -> AsyncIterator[bytes]:
        yield archive(procfile)

    await upload(world, secrets[0], chunks())
    return f"http://127.0.0.1/v1/sources/download?token={secrets[1]}"


async def deployed(
    world: World, app: App, by: Actor, procfile: str, ref: str = "v2"
) -> tuple[Deployment, Operation]:
    """A deployment of that Procfile, begun."""
    return await deploy(world, app, await uploaded(world, by, procfile), ref, by)


async def lived(worker: Worker[World], work: Callable[[], Awaitable[None]]) -> bool:
    """Run the worker while `work` is done; False if the power was cut."""
    ready, stop = asyncio.Event(), asyncio.Event()

    async def until_done() -> None:
        await ready.wait()
        await work()
        stop.set()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.serve(ready, stop))
            group.create_task(until_done())
    except BaseExceptionGroup as deaths:
        if deaths.split(PowerCut)[1] is not None:
            raise
        return False
    except PowerCut:
        return False
    return True


async def ended(outside: Outside, id: int) -> None:
    """Return once the operation has ended."""
    feed = Feed(outside.database)
    try:
        async for page in feed.follow(0, id):
            if any(event.name in ENDS for event in page):
                return
    finally:
        feed.close()
