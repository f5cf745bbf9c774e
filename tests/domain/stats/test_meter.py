from typing import Any, cast

import pytest

from headway.clock import SystemClock
from headway.domain.stats.meter import Meter, Reading
from headway.runtimes.port import Usage
from tests.ready_made import Told

MB = 1 << 20


class StillClock(SystemClock):
    """Stands still until it is set."""

    seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


def usage(id: str = "a1", cpu: float = 0, memory: int = MB, **changes: Any) -> Usage:
    given = {
        "id": id,
        "app_id": "a",
        "label": "web-1",
        "cpu_seconds": cpu,
        "memory_bytes": memory,
        "memory_limit_bytes": 512 * MB,
        "memory_highest_bytes": memory,
        "swap_bytes": 0,
        "swap_highest_bytes": 0,
    }
    return Usage(**(given | changes))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def runtime() -> Told:
    return Told()


@pytest.fixture
def meter(runtime: Told, clock: StillClock) -> Meter:
    return Meter(cast(Any, runtime), clock)


async def percent(meter: Meter, app_id: str = "a") -> list[float]:
    return [it.cpu_percent for it in await meter.read(app_id)]


async def test_the_share_of_the_processor_is_measured_since_the_last_sample(
    meter: Meter, runtime: Told, clock: StillClock
) -> None:
    runtime.usages = [usage(cpu=50)]
    await meter.sample()
    clock.seconds += 10
    runtime.usages = [usage(cpu=55)]
    assert await percent(meter) == [50]
    clock.seconds += 10
    runtime.usages = [usage(cpu=90)]
    assert await percent(meter) == [200]
    assert [it.cpu_percent for it in await meter.sample()] == [200]


async def test_right_after_a_sample_its_own_share_is_told(
    meter: Meter, runtime: Told, clock: StillClock
) -> None:
    runtime.usages = [usage(cpu=0)]
    await meter.sample()
    clock.seconds += 10
    runtime.usages = [usage(cpu=1)]
    await meter.sample()
    clock.seconds += 0.5
    runtime.usages = [usage(cpu=1.5)]
    assert await percent(meter) == [10]


async def test_a_container_that_was_never_sampled_has_no_share_yet(meter: Meter, runtime: Told) -> None:
    runtime.usages = [usage(cpu=1000)]
    assert await percent(meter) == [0]


async def test_a_container_that_was_started_again_is_measured_from_there(
    meter: Meter, runtime: Told, clock: StillClock
) -> None:
    runtime.usages = [usage(cpu=1000, memory=9 * MB)]
    await meter.sample()
    clock.seconds += 10
    runtime.usages = [usage(cpu=1, memory=2 * MB)]
    (reading,) = await meter.read("a")
    assert (reading.cpu_percent, reading.usage.memory_highest_bytes) == (10, 2 * MB)


async def test_the_highest_that_was_seen_is_told_where_the_system_keeps_none(
    meter: Meter, runtime: Told, clock: StillClock
) -> None:
    seen: list[Reading] = []
    for memory, swap in ((3 * MB, 10), (9 * MB, 50), (2 * MB, 0)):
        clock.seconds += 10
        runtime.usages = [usage(memory=memory, swap_bytes=swap, swap_highest_bytes=swap)]
        seen = await meter.sample()
    (last,) = seen
    assert (last.usage.memory_bytes, last.usage.memory_highest_bytes) == (2 * MB, 9 * MB)
    assert (last.usage.swap_bytes, last.usage.swap_highest_bytes) == (0, 50)
    assert await meter.read("a") == seen


async def test_of_two_containers_under_one_label_the_newer_is_told(meter: Meter, runtime: Told) -> None:
    runtime.usages = [usage("a2", memory=2), usage("a1", memory=1), usage("a3", memory=3, label="web-2")]
    assert [(it.usage.label, it.usage.id) for it in await meter.read("a")] == [
        ("web-1", "a2"),
        ("web-2", "a3"),
    ]


async def test_containers_of_other_apps_are_not_told(meter: Meter, runtime: Told) -> None:
    runtime.usages = [usage(app_id="b")]
    assert await meter.read("a") == []
    assert len(await meter.sample()) == 1
