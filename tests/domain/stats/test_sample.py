import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from headway.domain.stats.meter import Meter
from headway.domain.stats.sample import Sampler
from headway.domain.world import World
from headway.errors import Retry, Unavailable
from headway.ids import show
from headway.model.stats import Load, Slice
from headway.runtimes.port import Usage
from headway.store import samples
from headway.store.database import StorageFull
from tests.domain.stats.hands import START, Hands
from tests.domain.stats.test_meter import usage
from tests.ready_made import Told

APP = 77


class Runtime(Told):
    """Says of itself that it does not run, when it is told to."""

    is_ill = False

    async def usage(self, app_id: str | None = None) -> list[Usage]:
        if self.is_ill:
            raise Retry("not running")
        return await super().usage(app_id)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def runtime() -> Runtime:
    made = Runtime()
    made.usages = [usage(app_id=show(APP), memory=100)]
    return made


@contextlib.asynccontextmanager
async def sampling(world: World, runtime: Runtime, clock: Hands) -> AsyncIterator[None]:
    sampler = Sampler(Meter(cast(Any, runtime), clock), world.database, clock, node="one")
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(sampler.serve(ready, stop))
        await ready.wait()
        yield
        stop.set()


async def kept(world: World, app_id: int = APP) -> dict[int, Slice]:
    """By seconds behind the start."""
    found = await world.database.read(lambda tx: samples.of_app(tx, app_id, 60, 0))
    return {(at - START) // 1_000_000: one for at, one in found}


async def test_containers_are_looked_at_every_ten_seconds_and_what_was_seen_is_kept_at_once(
    world: World, runtime: Runtime, clock: Hands
) -> None:
    async with sampling(world, runtime, clock):
        for turn in range(1, 6):
            runtime.usages = [usage(app_id=show(APP), memory=100, cpu=turn)]
            await clock.turn(10)
            assert (await kept(world))[0].loads == {"web-1": Load(1 + turn, 10 * turn, 100 * (1 + turn), 0)}
        await clock.turn(10)
        assert {at: one.loads["web-1"].samples for at, one in (await kept(world)).items()} == {0: 6, 60: 1}


async def test_the_next_sampler_adds_to_what_is_there(world: World, runtime: Runtime, clock: Hands) -> None:
    for _ in range(2):
        async with sampling(world, runtime, clock):
            await clock.turn(10)
    assert (await kept(world))[0].loads["web-1"].samples == 4


async def test_each_container_counts_once_under_its_label_and_for_its_app(
    world: World, runtime: Runtime, clock: Hands
) -> None:
    runtime.usages = [
        usage("a1", app_id=show(APP), memory=1),
        usage("a2", app_id=show(APP), memory=2),
        usage("a3", app_id=show(APP), memory=3, label="worker-1"),
        usage("a4", app_id=show(APP + 1), memory=4),
        usage("a5", app_id="no id", memory=5),
    ]
    async with sampling(world, runtime, clock):
        await clock.asleep()
    assert {label: it.memory for label, it in (await kept(world))[0].loads.items()} == {
        "web-1": 2,
        "worker-1": 3,
    }
    assert (await kept(world, APP + 1))[0].loads["web-1"].memory == 4


async def test_while_the_runtime_cannot_tell_nothing_is_kept_and_it_goes_on_afterwards(
    world: World, runtime: Runtime, clock: Hands
) -> None:
    runtime.is_ill = True
    async with sampling(world, runtime, clock):
        await clock.turn(60)
        assert await kept(world) == {}
        runtime.is_ill = False
        await clock.turn(10)
    assert (await kept(world))[60].loads["web-1"].samples == 1


@pytest.mark.parametrize("trouble", [Unavailable("the database does not answer"), StorageFull()])
async def test_what_cannot_be_kept_now_is_kept_later_and_that_is_told_once(
    world: World,
    runtime: Runtime,
    clock: Hands,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception,
) -> None:
    async def refuse(_body: object) -> None:
        raise trouble

    async with sampling(world, runtime, clock):
        with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
            patch.setattr(world.database, "write", refuse)
            for _ in range(3):
                await clock.turn(60)
        await clock.turn(60)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "what containers use is kept later"
    ]
    assert [one.loads["web-1"].samples for one in (await kept(world)).values()] == [1, 1, 1, 1, 1]


async def test_what_can_never_be_kept_does_not_fill_the_memory(
    world: World, runtime: Runtime, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_body: object) -> None:
        raise Unavailable("no")

    async with sampling(world, runtime, clock):
        with monkeypatch.context() as patch:
            patch.setattr(world.database, "write", refuse)
            for _ in range(100):
                await clock.turn(60)
        await clock.turn(60)
    found = await world.database.read(lambda tx: samples.of_app(tx, APP, 900, 0))
    assert 55 < sum(one.loads["web-1"].samples for _, one in found) < 65


async def test_what_is_old_is_let_go_as_time_passes(world: World, runtime: Runtime, clock: Hands) -> None:
    async with sampling(world, runtime, clock):
        for _ in range(5):
            await clock.turn(3600)
        assert min(await kept(world)) >= 3600
        assert max(await kept(world)) == 5 * 3600
