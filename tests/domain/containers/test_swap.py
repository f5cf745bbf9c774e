"""The three steps of a swap, each and its undo, as often as a crash may repeat them."""

import asyncio
from typing import Any

import msgspec
import pytest

from headway.domain.containers import running
from headway.domain.containers.swap import Swap, Swapping
from headway.domain.world import World
from headway.engine.declare import Step
from headway.errors import Failure
from headway.ids import show
from headway.model.apps import App, Container
from headway.routers.port import Endpoint, Route
from headway.runtimes.port import Status, Unit
from headway.testing.examples import running_app
from headway.testing.runtime import MemoryRuntime
from tests.outside import Outside
from tests.records import a_container

SWAPPING = Swapping[Swap](lambda run: run.params)
START, ROUTE, STOP = SWAPPING.start("start"), SWAPPING.route("route"), SWAPPING.stop("stop")


class Told:
    """A run of a swap; `shares` and `lines` are what it told."""

    def __init__(self, world: World, swap: Swap) -> None:
        self.world, self.params = world, swap
        self.notes: dict[str, Any] = {}
        self.lines: list[str] = []
        self.shares: list[float] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, share: float) -> None:
        self.shares.append(share)


@pytest.fixture
def world(outside: Outside) -> World:
    return outside.process()[0]


@pytest.fixture
async def app(outside: Outside, world: World) -> App:
    return await running_app(world, outside.by, "hello-world")


@pytest.fixture
async def run(outside: Outside, world: World, app: App) -> Told:
    """A swap of web-2 and worker-1 for others with their labels; web-1 stays."""
    before = await outside.rows(app)
    after = [it if it.label == "web-1" else renewed(world, it) for it in before]
    return Told(world, Swap(app_id=app.id, before=before, after=after))


def renewed(world: World, it: Container) -> Container:
    return msgspec.structs.replace(it, id=world.ids.next())


async def do(step: Step, run: Told, times: int = 2) -> None:
    for _ in range(times):
        await step.do(run)


async def undo(step: Step, run: Told, times: int = 2) -> None:
    assert step.undo is not None
    for _ in range(times):
        await step.undo(run)


async def there(outside: Outside) -> set[str]:
    return {it.id for it in await outside.runtime.units()}


def units(containers: list[Container]) -> set[str]:
    return {show(it.id) for it in containers}


def web(containers: list[Container]) -> list[Container]:
    return [it for it in containers if it.type == "web"]


async def leads_to(outside: Outside, containers: list[Container]) -> None:
    (route,) = await outside.router.routes()
    wanted = units(containers)
    addresses = {it.address for it in await outside.runtime.units() if it.id in wanted}
    assert {(it.host, it.port) for it in route.endpoints} == addresses
    assert route.draining == ()


def test_what_comes_and_goes_is_told_by_id_not_by_label() -> None:
    stays, goes, comes = a_container(), a_container(id=12, index=2), a_container(id=13, index=2)
    swap = Swap(app_id=5, before=[stays, goes], after=[stays, comes])
    assert (swap.added, swap.surplus, swap.in_the_way) == ([comes], [goes], [])


def test_in_the_way_is_what_does_not_listen_and_is_replaced() -> None:
    web, worker, clock = a_container(), a_container(id=12, type="worker"), a_container(id=13, type="clock")
    after = [msgspec.structs.replace(it, id=it.id + 10) for it in (web, worker)]
    assert Swap(app_id=5, before=[web, worker, clock], after=after).in_the_way == [worker]


async def test_forward_each_step_may_be_repeated(outside: Outside, run: Told) -> None:
    swap = run.params
    await do(START, run)
    assert await there(outside) == units([*web(swap.before), *swap.added])
    await leads_to(outside, web(swap.before))
    await do(ROUTE, run)
    await leads_to(outside, web(swap.after))
    await do(STOP, run)
    assert await there(outside) == units(swap.after)
    await leads_to(outside, web(swap.after))


@pytest.mark.parametrize("steps", [1, 2, 3])
async def test_back_each_undo_may_be_repeated(outside: Outside, run: Told, steps: int) -> None:
    for step in (START, ROUTE, STOP)[:steps]:
        await do(step, run, 1)
    for step in (START, ROUTE, STOP)[:steps][::-1]:
        await undo(step, run)
    assert await there(outside) == units(run.params.before)
    await leads_to(outside, web(run.params.before))


async def test_an_undo_of_what_was_never_begun_changes_nothing(outside: Outside, run: Told) -> None:
    for step in (STOP, ROUTE, START):
        await undo(step, run, 1)
    assert await there(outside) == units(run.params.before)


async def test_it_tells_how_far_it_is(run: Told) -> None:
    await do(START, run, 1)
    assert run.shares == [0.5, 1.0]
    assert sorted(run.lines) == [
        "starting web-2",
        "starting worker-1",
        "web-2 is ready",
        "worker-1 is ready",
    ]


class Watched(MemoryRuntime):
    """A runtime that remembers which labels were there twice at once."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.twice: set[str] = set()

    async def ensure(self, unit: Unit) -> Status:
        status = await super().ensure(unit)
        labels = [it.label for it in await self.units()]
        self.twice |= {label for label in labels if labels.count(label) > 1}
        return status


async def test_a_web_container_overlaps_with_its_successor_and_a_worker_never_does(
    outside: Outside, world: World
) -> None:
    outside.runtime = watched = Watched(outside.clock)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(watched.serve(ready, stop))
        await ready.wait()
        world, _ = outside.process()
        before = await outside.rows(await running_app(world, outside.by, "hello-world"))
        run = Told(
            world, Swap(app_id=before[0].app_id, before=before, after=[renewed(world, it) for it in before])
        )
        for step in (START, ROUTE, STOP):
            await do(step, run)
        for step in (STOP, ROUTE, START):
            await undo(step, run)
        stop.set()
    assert watched.twice == {"web-1", "web-2"}


async def test_requests_in_flight_finish_before_the_container_stops(outside: Outside, run: Told) -> None:
    outside.settings(request_drain_seconds=30)
    run.world, _ = outside.process()
    await do(START, run, 1)
    leaving = (await running.endpoints_of(run.world, run.params.app_id, run.params.surplus))[0]
    host = "hello-world.localhost"
    with outside.router.hold(host) as first, outside.router.hold(host) as second:
        assert leaving in {first.endpoint, second.endpoint}
        await do(ROUTE, run, 1)
        stopping = asyncio.ensure_future(STOP.do(run))
        await until_it_drains(outside, leaving)
        assert units(web(run.params.surplus)) <= await there(outside)
        assert not stopping.done()
    await stopping
    assert await there(outside) == units(run.params.after)


async def until_it_drains(outside: Outside, endpoint: Endpoint) -> None:
    async with asyncio.timeout(30):
        while not draining(outside.router.changes[-1][1], endpoint):
            await asyncio.sleep(0.005)


def draining(route: Route | None, endpoint: Endpoint) -> bool:
    return route is not None and endpoint in route.draining and endpoint not in route.endpoints


async def test_requests_that_never_finish_are_cut_off_in_the_end(outside: Outside, run: Told) -> None:
    outside.settings(request_drain_seconds=0.05)
    run.world, _ = outside.process()
    await do(START, run, 1)
    with outside.router.hold("hello-world.localhost"), outside.router.hold("hello-world.localhost"):
        await do(ROUTE, run, 1)
        await do(STOP, run, 1)
    assert await there(outside) == units(run.params.after)


async def test_what_does_not_come_back_is_said_and_does_not_keep_the_rest_from_coming(
    outside: Outside, run: Told
) -> None:
    for step in (START, ROUTE, STOP):
        await do(step, run, 1)
    outside.runtime.fail_next("ready", Failure("crashed-error", "web-1 ended before it was ready"))
    await undo(STOP, run, 1)
    assert "web-1 ended before it was ready" in run.lines
    assert units(web(run.params.before)) <= await there(outside)


async def test_one_that_is_not_ready_ends_the_wait_for_the_others(outside: Outside, run: Told) -> None:
    outside.runtime.fail_next("ready", Failure("timeout-error", "not in time"))
    with pytest.raises(Failure, match="not in time"):
        await START.do(run)
