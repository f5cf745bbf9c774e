"""Puts the platform together: the one module that knows every room."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from headway import config as settings
from headway import lifecycle
from headway.authorities.closed import Closed
from headway.authorities.port import Authority
from headway.builders import buildpack, surroundings, toolchains
from headway.builders.packs.catalog import PACKS
from headway.clock import Clock, SystemClock
from headway.config import Config
from headway.dialects.git.http import git
from headway.dialects.git.ssh import SshServer
from headway.dialects.headway.dialect import headway
from headway.dialects.headway.webhooks import message
from headway.dialects.scalingo.attach import RunServer
from headway.dialects.scalingo.dialect import SCALINGO
from headway.dialects.scalingo.refuse import refuse
from headway.dialects.toloka.dialect import TOLOKA
from headway.dialects.workiva.dialect import workiva
from headway.domain.accounts.ensure_admin import ensure_admin
from headway.domain.containers.reconcile import Reconciler
from headway.domain.cron_tasks.keep_time import Timekeeper
from headway.domain.deployments.sweep import Sweeper as ReleaseSweeper
from headway.domain.domains.renew import Renewer
from headway.domain.files.sweep import Sweeper
from headway.domain.logs.archive import Archivist
from headway.domain.logs.collect import Collector
from headway.domain.logs.rate import Limit
from headway.domain.logs.router_lines import RouterLines
from headway.domain.one_offs.keep import Keeper
from headway.domain.own_types import catalog_with
from headway.domain.pools.keep import PoolKeeper
from headway.domain.sites import Sites
from headway.domain.stats.gather import Gatherer
from headway.domain.stats.meter import Meter
from headway.domain.stats.sample import Sampler
from headway.domain.webhooks.postman import Postman
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.engine.janitor import Janitor
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.errors import Invalid, Unavailable
from headway.ids import Ids
from headway.routers.envoy import Envoy
from headway.routers.envoy_config import Settings
from headway.runtimes import machine
from headway.runtimes.process import Process
from headway.store.blobs import Blobs
from headway.store.database import Database
from headway.store.logbook import Logbook
from headway.store.opening import named
from headway.views import keys
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.cors import within
from headway.web.dialect import mount
from headway.web.post import Poster
from headway.web.server import Server
from headway.web.status import status
from headway.web.tunnel import TunnelServer
from headway.workplace.pages import WORKPLACE

ENVOY_WORKERS = 2
_PORT = re.compile("[0-9]{1,5}")
_PORT_MAX = 65_535


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """The parts, made and not yet started."""

    world: World
    runtime: Process
    router: Envoy
    worker: Worker[World]

    def services(self) -> Sequence[lifecycle.Service]:
        """In the order in which they start; the one that listens is behind all that its answers lean on.

        The feed is last, so it stops first: answers that are held back are given before the server waits for them.
        """
        world, config = self.world, self.world.config
        feed = Feed(world.database)
        stories = Stories(world.database, feed, world.clock, catalog_with(config.operation_types))
        threshold = edge(world, feed)
        dialects = (
            SCALINGO,
            TOLOKA,
            workiva(config, world.clock),
            headway(stories),
            git(threshold),
            WORKPLACE,
        )
        roof = mount(threshold, dialects, status(world))
        return (
            self.runtime,
            self.router,
            Collector(world.runtime, world.logbook, world.clock, limit=_limit(config)),
            Archivist(world.logbook, world.clock, retention_days=config.archived_log_days),
            _gatherer(world),
            Sampler(world.meter, world.database, world.clock, node=_node(config.folder)),
            Reconciler(world),
            world.sites,
            Keeper(world),
            Timekeeper(world),
            Sweeper(world),
            PoolKeeper(world),
            self.worker,
            Renewer(world),
            Postman(world, feed, message, Poster(private=config.webhook_private_addresses).post),
            Janitor(world.database, world.clock, retention_days=config.operation_retention_days),
            threshold.ledger,
            ReleaseSweeper(world),
            TunnelServer(RunServer(threshold), refuse, address(config.attach, "attach")),
            SshServer(threshold, address(config.ssh, "ssh"), lambda it: keys.account_of(world.database, it)),
            Server(
                within(config.cors_origins, roof),
                address(config.listen, "listen"),
                drain_seconds=config.drain_seconds,
                connections_max=config.connections_max,
            ),
            feed,
        )


def _gatherer(world: World) -> Gatherer:
    config, clock, database = world.config, world.clock, world.database
    lines = RouterLines(database, world.runtime, world.logbook, clock, limit=_limit(config))
    return Gatherer(world.router, database, lines, clock, node=_node(config.folder))


async def serve(config: Config, stop: asyncio.Event, *, ready: asyncio.Event | None = None) -> None:
    """Run the platform until `stop`; apps and router run on after that."""
    async with assembled(config) as platform:
        await ensure_admin(platform.world)
        await lifecycle.run(
            platform.services(), ready or asyncio.Event(), stop, drain_seconds=config.drain_seconds
        )


async def down(config: Config) -> None:
    """Stop every app and the router of a platform whose control plane does not run."""
    async with assembled(config) as platform:
        stop, ready = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(platform.runtime.serve(ready, stop))
            await ready.wait()
            units = await platform.runtime.units()
            grace = config.stop_grace_seconds
            await asyncio.gather(*(platform.runtime.stop(it.id, grace_seconds=grace) for it in units))
            stop.set()
        await platform.router.down()


@contextlib.asynccontextmanager
async def assembled(config: Config) -> AsyncGenerator[Platform]:
    """The parts, with the database open."""
    clock = SystemClock()
    folder = config.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = opened(config, clock)
    await database.open()
    try:
        yield await _platform(config, clock, database)
    finally:
        await database.close()


def opened(config: Config, clock: Clock) -> Database:
    """The database that the settings name, not connected yet. Invalid for an unknown kind."""
    return named(config.database or config.folder / "headway.db", clock)


async def _platform(config: Config, clock: Clock, database: Database) -> Platform:
    folder = config.folder
    if config.runtime != "process":
        raise Unavailable(f"the runtime {config.runtime} is not there yet; process is")
    abilities = await asyncio.to_thread(machine.look, folder / "runtime")
    runtime = Process(
        folder / "runtime",
        clock,
        abilities,
        crash_delays_seconds=config.crash_delays_seconds,
        crash_warm_up_seconds=config.crash_warm_up_seconds,
    )
    router = Envoy(folder / "router", _traffic(config), clock)
    ids = Ids(clock)
    worker = Worker[World](
        database,
        clock,
        catalog_with(config.operation_types),
        node=_node(folder),
        lease_seconds=config.lease_seconds,
        operations_max=config.operations_max,
        numbered=ids.belong_to,
    )
    world = World(
        config=config,
        clock=clock,
        ids=ids,
        database=database,
        desk=Desk(ids, clock, worker, waiting_max=config.operations_waiting_max),
        runtime=runtime,
        router=router,
        sites=Sites(database, router, clock),
        authority=_authority(config, clock),
        builder=_builder(config, clock, runtime),
        logbook=Logbook(
            folder / "logs",
            clock,
            hot_bytes=config.hot_log_bytes,
            archive_bytes=config.archived_log_bytes,
        ),
        blobs=Blobs(folder / "files", clock),
        meter=Meter(runtime, clock),
    )
    worker.given(world)
    return Platform(world=world, runtime=runtime, router=router, worker=worker)


def _traffic(config: Config) -> Settings:
    host, port = address(config.apps, "apps")
    tls_host, tls_port = address(config.apps_tls, "apps_tls") if config.apps_tls else ("", 0)
    return Settings(host=host, port=port, tls_host=tls_host, tls_port=tls_port, workers=ENVOY_WORKERS)


def _authority(config: Config, clock: Clock) -> Authority:
    if not config.acme_directory:
        return Closed()
    if not config.apps_tls:
        raise Invalid(acme_directory="needs apps_tls: without it nothing is served over TLS")
    from headway.authorities.acme import Acme  # noqa: PLC0415 - its client is a seventh of all that is read at start

    return Acme(
        config.folder / "acme",
        clock,
        config.acme_directory,
        email=config.acme_email,
        roots=config.acme_roots,
    )


def _builder(config: Config, clock: Clock, runtime: Process) -> buildpack.Buildpack:
    return buildpack.Buildpack(
        config.folder / "builds",
        runtime,
        clock,
        bounds=buildpack.bounds(config),
        packs=PACKS,
        machine=toolchains.Once(lambda: toolchains.found(pip=toolchains.own_pip())),
        surroundings=surroundings.gathered(settings.environment(), Path.home()),
    )


def address(text: str, setting: str) -> tuple[str, int]:
    """Host and port of `host:port`; Invalid, naming the setting, where it is not one."""
    host, colon, port = text.rpartition(":")
    if not colon or not _PORT.fullmatch(port) or int(port) > _PORT_MAX:
        raise Invalid(**{setting: "should be an address and a port, like 127.0.0.1:8000"})
    return host.strip("[]"), int(port)


def _limit(config: Config) -> Limit:
    return Limit(lines_max=config.log_lines_per_minute, bytes_max=config.log_bytes_per_minute)


def _node(folder: Path) -> str:
    """The name by which this node comes back: that of its data folder."""
    return f"{folder.resolve()}"
