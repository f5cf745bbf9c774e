import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from headway.domain.apps.create import create
from headway.domain.logs.rate import Limit
from headway.domain.logs.router_lines import RouterLines
from headway.domain.stats import gather
from headway.domain.stats.gather import Gatherer
from headway.domain.world import World
from headway.errors import Unavailable
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Actor
from headway.model.stats import Traffic
from headway.routers.port import Route
from headway.store import accounts, apps, samples
from headway.store.database import StorageFull
from headway.store.sqlite import Sqlite
from headway.testing.router import MemoryRouter
from tests.domain.stats.gathering import gatherer, logbook_in
from tests.domain.stats.hands import Hands
from tests.ready_made import HandClock, world_in

NOWHERE = "nobody.localhost"


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def router(clock: Hands, app: App) -> MemoryRouter:
    made = MemoryRouter(clock)
    await made.route(Route(app_id=show(app.id), app=app.name, hostnames=("shop.localhost",), stopped=True))
    return made


def made(world: World, router: MemoryRouter, clock: Hands) -> Gatherer:
    lines = RouterLines(world.database, world.runtime, world.logbook, clock, limit=Limit())
    return Gatherer(router, world.database, lines, clock, node="one")


@contextlib.asynccontextmanager
async def gathering(world: World, router: MemoryRouter, clock: Hands) -> AsyncIterator[None]:
    world.logbook.open()
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(made(world, router, clock).serve(ready, stop))
        await ready.wait()
        yield
        stop.set()


async def want(world: World, app: App) -> None:
    settings = msgspec.structs.replace(app.settings, router_logs=True)
    await world.database.write(lambda tx: apps.configure(tx, app.id, settings, 1))


async def counted(world: World, app: App) -> Traffic:
    found = await world.database.read(lambda tx: samples.of_app(tx, app.id, 900, 0))
    whole = Traffic({}, {}, 0)
    for _, one in found:
        whole = whole.plus(one.traffic)
    return whole


async def said(world: World, app: App, count: int) -> list[str]:
    """The router's lines in the app's log, once there are so many: the gatherer writes when it has its turn."""
    async with asyncio.timeout(60):
        while len(found := world.logbook.last(show(app.id), 1000, "router".__eq__)) < count:
            await asyncio.sleep(0)
    return [it.text.partition('path="')[2].partition('"')[0] for it in found]


async def test_requests_are_counted_and_told_in_the_log_at_once(
    world: World, router: MemoryRouter, clock: Hands, app: App
) -> None:
    await want(world, app)
    async with gathering(world, router, clock):
        for n in range(3):
            router.ask("shop.localhost", f"/{n}")
        router.ask(NOWHERE)
        assert await said(world, app, 3) == ["/0", "/1", "/2"]
        await clock.turn(10)
    assert (await counted(world, app)).statuses == {5: 3}


async def test_what_was_counted_is_kept_every_ten_seconds_and_only_then_forgotten_by_the_router(
    world: World, router: MemoryRouter, clock: Hands, app: App
) -> None:
    await want(world, app)
    async with gathering(world, router, clock):
        router.ask("shop.localhost")
        await said(world, app, 1)
        assert len(router._requests) == 1
        await clock.turn(10)
        assert router._requests == []
        assert (await counted(world, app)).count == 1


async def test_when_it_stops_it_keeps_what_it_has_counted_and_the_next_goes_on_there(
    world: World, router: MemoryRouter, clock: Hands, app: App
) -> None:
    await want(world, app)
    for n in range(3):
        async with gathering(world, router, clock):
            router.ask("shop.localhost", f"/{n}")
            await said(world, app, n + 1)
        router.ask(NOWHERE)
    assert (await counted(world, app)).count == 3
    assert await said(world, app, 3) == ["/0", "/1", "/2"]


@pytest.mark.parametrize("trouble", [Unavailable("the database does not answer"), StorageFull()])
async def test_while_it_cannot_be_kept_nothing_is_lost_and_that_is_told_once(
    world: World,
    router: MemoryRouter,
    clock: Hands,
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception,
) -> None:
    async def refuse(_body: object) -> None:
        raise trouble

    await want(world, app)
    async with gathering(world, router, clock):
        with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
            patch.setattr(world.database, "write", refuse)
            for n in range(3):
                router.ask("shop.localhost")
                await said(world, app, n + 1)
                await clock.turn(10)
            assert len(router._requests) == 3
        await clock.turn(10)
    assert [it.message.partition(":")[0] for it in caplog.records] == ["requests are counted later"]
    assert (await counted(world, app)).count == 3


async def test_what_was_kept_though_it_was_said_that_it_was_not_is_not_counted_twice(
    world: World, router: MemoryRouter, clock: Hands, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = world.database.write

    async def and_fall_silent(body: Any) -> None:
        await write(body)
        raise Unavailable("the connection broke")

    await want(world, app)
    async with gathering(world, router, clock):
        with monkeypatch.context() as patch:
            patch.setattr(world.database, "write", and_fall_silent)
            router.ask("shop.localhost")
            await said(world, app, 1)
            await clock.turn(10)
            router.ask("shop.localhost")
            await said(world, app, 2)
            await clock.turn(10)
        await clock.turn(10)
        await clock.turn(10)
        assert (await counted(world, app)).count == 2
        assert router._requests == []


async def test_lines_that_cannot_be_written_now_are_written_later(
    world: World, router: MemoryRouter, clock: Hands, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageFull

    await want(world, app)
    async with gathering(world, router, clock):
        with monkeypatch.context() as patch:
            patch.setattr(world.logbook, "append", full)
            router.ask("shop.localhost", "/0")
            # One sleeps until it keeps, one until it tries again.
            await clock.asleep(2)
        await clock.turn(2)
        assert await said(world, app, 1) == ["/0"]


async def test_more_than_can_be_held_waits_with_the_router(
    world: World, router: MemoryRouter, clock: Hands, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "WAITING_MAX", 0)
    await want(world, app)
    async with gathering(world, router, clock):
        router.ask("shop.localhost", "/0")
        await said(world, app, 1)
        await clock.asleep(2)
        router.ask("shop.localhost", "/1")
        await clock.turn(1, sleepers=2)
        assert await said(world, app, 1) == ["/0"]
        async with asyncio.timeout(60):
            while len(world.logbook.last(show(app.id), 2, "router".__eq__)) < 2:
                await clock.turn(1)
        assert await said(world, app, 2) == ["/0", "/1"]


class Envoy(threading.Thread):
    """Writes lines as Envoy does, into a new file when the one it wrote to has been moved away."""

    def __init__(self, file: Path, app: App) -> None:
        super().__init__(daemon=True)
        self.file = file
        self.written = 0
        self.stop = threading.Event()
        self._row = {"time": "2026-01-01T00:00:00.000Z", "app_id": show(app.id), "status": 200}

    def run(self) -> None:
        opened = self.file.open("ab", buffering=0)
        while not self.stop.wait(0.001):
            for _ in range(3):
                opened.write(json.dumps({**self._row, "path": f"/{self.written}"}).encode() + b"\n")
                self.written += 1
            if self.written % 15 == 0 and not self.file.exists():
                opened.close()
                opened = self.file.open("ab", buffering=0)
        opened.close()


@pytest.mark.timeout(180)
async def test_kills_while_requests_are_served_lose_none_and_count_none_twice(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        app = await an_app_with_router_logs(world)
    envoy = Envoy(tmp_path / "access.log", app)
    envoy.start()
    for _ in range(10):
        await kill_a_gatherer(tmp_path, random.uniform(0, 0.15))
    envoy.stop.set()
    envoy.join()
    logbook, database = logbook_in(tmp_path), Sqlite(tmp_path / "headway.db", HandClock())
    logbook.open()
    await database.open()
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(gatherer(tmp_path, database, logbook).serve(ready, stop))
        async with asyncio.timeout(60):
            while len(lines := logbook.last(show(app.id), 1 << 40, "router".__eq__)) < envoy.written:
                await asyncio.sleep(0.01)
        stop.set()
    found = await database.read(lambda tx: samples.of_app(tx, app.id, 900, 0))
    await database.close()
    assert [it.text.partition('path="/')[2].partition('"')[0] for it in lines] == [
        str(n) for n in range(envoy.written)
    ]
    assert sum(one.traffic.count for _, one in found) == envoy.written
    assert len(list(tmp_path.glob("access.log.*"))) >= 1


async def an_app_with_router_logs(world: World) -> App:
    admin = await world.database.read(lambda tx: accounts.by_name(tx, "admin"))
    app = await create(world, "hello-world", Actor(account_id=admin.id, name="admin"))
    await want(world, app)
    return app


async def kill_a_gatherer(folder: Path, after_seconds: float) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.domain.stats.gathering", str(folder),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    await asyncio.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
