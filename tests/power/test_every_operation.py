"""Every operation type, with the power cut at every moment: forward, and while it turns back; on both databases.

The world outside (containers, routes, slugs, the database) lives on; the process that acts on it dies at the n-th
thing it does, for n = 1, 2, 3 … until there is nothing left to die at. Then another one starts.
"""

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
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.errors import Failure
from headway.ids import Ids, show
from headway.model.accounts import Account
from headway.model.operations import Actor, Event, Operation, Phase
from headway.store import accounts, apps, containers, events, operations
from headway.store.database import Database
from headway.store.logbook import Logbook
from headway.testing.builder import CopyingBuilder
from headway.testing.examples import EXAMPLES, running_app
from headway.testing.fuse import Fuse, Fused, FusedDatabase, PowerCut
from headway.testing.router import MemoryRouter
from headway.testing.runtime import MemoryRuntime

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CUTS_MAX = 200
Catalog = dict[str, OperationType[Any, World]]


class Outside:
    """What a dead process leaves behind."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.clock = SystemClock()
        self.ids = Ids(self.clock)
        self.config = Config(data=str(folder), request_drain_seconds=1, lease_seconds=30)
        self.database = database
        self.runtime = MemoryRuntime(self.clock)
        self.router = MemoryRouter(self.clock)
        self.builder = CopyingBuilder(folder / "builds")
        self.logbook = Logbook(folder / "logs", self.clock, hot_bytes=1 << 20)
        self.by = Actor(account_id=self.ids.next(), name="admin")

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Outside"]:
        account = Account(self.by.account_id, "admin", "admin@example.com", self.clock.now())
        await self.database.write(lambda tx: accounts.insert(tx, account))
        ready, stop = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runtime.serve(ready, stop))
            await ready.wait()
            yield self
            stop.set()

    def process(self, catalog: Catalog, fuse: Fuse) -> tuple[World, Worker[World]]:
        """A process, which dies when the fuse blows."""
        database = FusedDatabase(self.database, fuse)
        worker = Worker[World](database, self.clock, catalog, node="one", lease_seconds=30, operations_max=10)
        world = World(
            config=self.config,
            clock=self.clock,
            ids=self.ids,
            database=database,
            desk=Desk(self.ids, self.clock, worker),
            runtime=cast(Any, Fused(self.runtime, "runtime", fuse)),
            router=cast(Any, Fused(self.router, "router", fuse)),
            builder=cast(Any, Fused(self.builder, "builder", fuse)),
            logbook=self.logbook,
        )
        worker.given(world)
        return world, worker

    def serves(self, hostname: str) -> None:
        """A request now would be answered."""
        answer = self.router.ask(hostname)
        assert answer.status == 200, answer
        assert answer.endpoint is not None
        socket.create_connection((answer.endpoint.host, answer.endpoint.port), timeout=5).close()


@pytest.fixture
async def outside(tmp_path: Path, database: Database) -> AsyncIterator[Outside]:
    async with Outside(tmp_path, database).open() as outside:
        yield outside


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
    feed = Feed(outside.database)
    try:
        async for page in feed.follow(0, id):
            if any(event.name in ENDS for event in page):
                return
    finally:
        feed.close()


ENDS = {"operation.succeeded", "operation.failed", "operation.cancelled"}


async def cut_everywhere(
    outside: Outside,
    name: str,
    catalog: Catalog,
    expected: set[Phase],
    meanwhile: Callable[[World, Worker[World], int], Awaitable[None]] | None = None,
) -> None:
    """Run the example of the type again and again, each time dying one thing later."""
    for cut in range(1, CUTS_MAX):
        app = await running_app(
            outside.process(CATALOG, Fuse())[0], outside.by, f"app-{name.partition('.')[2]}-{cut}"
        )
        fuse = Fuse(cut, watch=lambda _thing, host=f"{app.name}.localhost": outside.serves(host))
        survived = await one_life(outside, name, catalog, app, fuse, meanwhile)
        await second_life(outside, catalog, app, accepted_may_be_missing=not survived)
        await consistent(outside, app, expected)
        if survived:
            assert cut > 10, "the fuse was passed too rarely to mean anything"
            return
    raise AssertionError(f"still something to die at after {CUTS_MAX} cuts: {fuse.things}")


async def one_life(outside, name, catalog, app, fuse, meanwhile) -> bool:
    world, worker = outside.process(catalog, fuse)

    async def work() -> None:
        operation = await EXAMPLES[name].submit(world, app, outside.by)
        if meanwhile is not None:
            await meanwhile(world, worker, operation.id)
        await ended(outside, operation.id)

    return await lived(worker, work)


async def second_life(outside: Outside, catalog: Catalog, app, *, accepted_may_be_missing: bool) -> None:
    """What was accepted is finished by the next process, and nothing else is begun."""
    found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
    assert len(found) <= 1
    assert found or accepted_may_be_missing
    _, worker = outside.process(catalog, Fuse())
    for operation in found:
        assert await lived(worker, lambda it=operation: ended(outside, it.id))


async def consistent(outside: Outside, app, expected: set[Phase]) -> None:
    """The invariants of an operation that has ended, and of the app that it was about."""
    found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
    for operation in found:
        assert operation.phase in expected, operation
        assert operation.owner is None
        history = await outside.database.read(lambda tx, it=operation: events.of_operation(tx, it.id))
        told(operation, history)
    rows = await outside.database.read(lambda tx: containers.of_app(tx, app.id))
    units = {it.id: it for it in await outside.runtime.units(show(app.id))}
    assert set(units) == {show(it.id) for it in rows}, "a container is left over, or missing"
    (route,) = [it for it in await outside.router.routes() if it.app_id == show(app.id)]
    assert {(it.host, it.port) for it in route.endpoints} == {
        units[show(it.id)].address for it in rows if it.type == "web"
    }
    outside.serves(f"{app.name}.localhost")
    release = (await outside.database.read(lambda tx: apps.get(tx, app.id))).release_id
    assert all(it.release_id == release or found[0].type == "app.scale" for it in rows if found)


def told(operation: Operation, history: list[Event]) -> None:
    """What happened agrees with what is."""
    names = [event.name for event in history]
    assert names[0] == "operation.queued"
    assert names.count("operation.started") == 1
    assert sum(name in ENDS for name in names) == 1
    assert names[-1] == f"operation.{operation.phase.name.lower()}"
    fences = [
        event.data["fence"]
        for event in history
        if event.name in {"operation.started", "operation.taken_over"}
    ]
    assert fences == sorted(set(fences))
    done = [event.data["step"] for event in history if event.name == "operation.step_done"]
    assert done == sorted(set(done)), "a step was recorded twice"
    progress = [event.data["progress"] for event in history if "progress" in event.data]
    assert progress == sorted(progress)
    assert (
        operation.created_at <= (operation.started_at or 0) <= operation.updated_at == operation.finished_at
    )
    assert (operation.phase is Phase.SUCCEEDED) == (operation.detail is None)


def failing_at(type: OperationType[Any, World], index: int) -> OperationType[Any, World]:
    """The same type, but the step does its work and then fails."""
    step = type.steps[index]

    async def do(run: Any) -> None:
        await step.do(run)
        raise Failure("broken", "the step was made to fail")

    steps = (*type.steps[:index], msgspec.structs.replace(step, do=do), *type.steps[index + 1 :])
    return msgspec.structs.replace(type, steps=cast("tuple[Step, ...]", steps))


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) == set(CATALOG)


@pytest.mark.parametrize("name", CATALOG)
async def test_it_succeeds_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    await cut_everywhere(outside, name, CATALOG, {Phase.SUCCEEDED})


@pytest.mark.parametrize("name", CATALOG)
async def test_it_takes_everything_back_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    last = len(CATALOG[name].steps) - 1
    await cut_everywhere(outside, name, {name: failing_at(CATALOG[name], last)}, {Phase.FAILED})


@pytest.mark.parametrize(
    ("name", "index"), [(name, index) for name in CATALOG for index in range(len(CATALOG[name].steps) - 1)]
)
async def test_it_takes_back_what_was_done_before_a_step_that_fails(
    outside: Outside, name: str, index: int
) -> None:
    catalog: Catalog = {name: failing_at(CATALOG[name], index)}
    app = await running_app(outside.process(CATALOG, Fuse())[0], outside.by, "app-broken")
    assert await one_life(outside, name, catalog, app, Fuse(), None)
    await consistent(outside, app, {Phase.FAILED})
