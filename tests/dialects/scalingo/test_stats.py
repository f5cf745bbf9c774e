"""What is measured, over HTTP."""

from typing import Any, cast

import httpx2
import msgspec
import pytest

from headway.clock import SECOND
from headway.domain.world import World
from headway.ids import show
from headway.model import stats
from headway.model.apps import App
from headway.model.stats import Of
from headway.store import samples
from tests.dialects.scalingo.test_project_stats import USAGE
from tests.ready_made import HandClock, Told

Client = httpx2.AsyncClient
FIELDS = {
    "id",
    "cpu_usage",
    "memory_usage",
    "memory_limit",
    "highest_memory_usage",
    "swap_usage",
    "swap_limit",
    "highest_swap_usage",
}


@pytest.fixture
async def measured(world: World, running_app: App) -> App:
    """An app with two containers, which was measured in the three minutes before this one, and asked once a minute."""
    taken: Of = {}
    now = world.clock.now()
    for minute in (3, 2, 1):
        seen = stats.sample("web-1", 10 * minute, 100, 0).plus(stats.sample("web-2", 0, 300, 0))
        for status, took in ((200, 10), (404, 10), (503, 400)):
            seen = seen.plus(stats.requests([(status, took)]))
        stats.add(taken, stats.key(running_app.id, stats.start(now, 60) - minute * 60 * SECOND), seen)
    await world.database.write(lambda tx: samples.add(tx, "one", taken))
    return running_app


async def asked(client: Client, app: App, path: str = "") -> Any:
    reply = await client.get(f"/v1/apps/{app.name}/stats{path}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def values(client: Client, app: App, path: str) -> list[float]:
    points = await asked(client, app, path)
    assert all(set(point) == {"time", "value"} for point in points)
    assert [point["time"] for point in points] == sorted(point["time"] for point in points)
    return [point["value"] for point in points]


async def test_containers_are_told_as_they_are_now(client: Client, world: World, running_app: App) -> None:
    runtime = cast(Told, world.runtime)
    runtime.usages = [msgspec.structs.replace(USAGE, app_id=show(running_app.id), cpu_seconds=10.0)]
    await world.meter.sample()
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += 10
    runtime.usages = [msgspec.structs.replace(runtime.usages[0], cpu_seconds=15.0)]
    (shown,) = (await asked(client, running_app))["stats"]
    assert set(shown) == FIELDS
    assert all(isinstance(value, int) for name, value in shown.items() if name != "id")
    assert (shown["id"], shown["memory_usage"]) == ("web-1", 200105984)
    # Of the ten seconds, and of as many as this test has taken.
    assert 5 <= shown["cpu_usage"] <= 50


async def test_an_app_of_which_nothing_runs_has_no_stats(client: Client, app: App) -> None:
    assert await asked(client, app) == {"stats": []}
    assert await asked(client, app, "/router") == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/cpu/web", [15, 10, 5]),
        ("/cpu/web/1", [30, 20, 10]),
        ("/cpu/web/2", [0, 0, 0]),
        ("/cpu/web/3", []),
        ("/memory/web", [200, 200, 200]),
        ("/ram/web/2", [300, 300, 300]),
        ("/swap/web", [0, 0, 0]),
        ("/memory", [200, 200, 200]),
        ("/cpu/worker", []),
        ("/router", [3, 3, 3]),
        ("/router/web/1", [3, 3, 3]),
        ("/router?status_code=all", [3, 3, 3]),
        ("/router?status_code=2XX", [1, 1, 1]),
        ("/router?status_code=1XX", [0, 0, 0]),
        ("/5XX", [1, 1, 1]),
        ("/all", [3, 3, 3]),
        ("/rpm_per_container", [1.5, 1.5, 1.5]),
        ("/requests?statistics_type=media", [140, 140, 140]),
        ("/cpu/web?last=true", [5]),
        ("/cpu/worker?last=true", []),
        ("/cpu/web?since=1", [15, 10, 5]),
        ("/cpu/web?since=3", [15, 10, 5]),
    ],
)
@pytest.mark.shows("GET /v1/apps/:app/stats/:metric", "GET /v1/apps/:app/stats/:metric/:type")
async def test_a_series_is_a_bare_array(
    client: Client, measured: App, path: str, expected: list[float]
) -> None:
    assert await values(client, measured, path) == expected


@pytest.mark.parametrize("path", ["/p95_response_time", "/requests", "/requests?statistics_type=p99"])
async def test_response_times_are_in_milliseconds(client: Client, measured: App, path: str) -> None:
    assert await values(client, measured, path) == [pytest.approx(400, rel=0.06)] * 3


@pytest.mark.parametrize("since", [4, 48, 72, 10_000])
async def test_longer_times_are_told_by_the_quarter_of_an_hour(
    client: Client, measured: App, since: int
) -> None:
    points = await asked(client, measured, f"/memory/web?since={since}")
    assert [point["value"] for point in points] in ([200], [200, 200])
    assert all(
        point["time"][14:] in {"00:00.000Z", "15:00.000Z", "30:00.000Z", "45:00.000Z"} for point in points
    )


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/colour", "metrics"),
        ("/colour/recommended_value", "metrics"),
        ("/router?status_code=6XX", "status_code"),
        ("/requests?statistics_type=p50", "statistics_type"),
        ("/cpu/web?since=x", "since"),
        ("/cpu/web/x", "container_index"),
        ("/cpu/web/-1", "container_index"),
        ("/memory/recommended_value", "container_type"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_name(
    client: Client, measured: App, path: str, field: str
) -> None:
    reply = await client.get(f"/v1/apps/{measured.name}/stats{path}")
    assert reply.status_code == 422
    assert set(reply.json()["errors"]) == {field}


@pytest.mark.parametrize("path", ["/cpu/nobody", "/cpu/recommended_value?container_type=nobody"])
async def test_a_type_that_is_not_there_is_not_found(client: Client, measured: App, path: str) -> None:
    reply = await client.get(f"/v1/apps/{measured.name}/stats{path}")
    assert (reply.status_code, reply.json()["resource"]) == (404, "container_type")


async def test_a_value_is_recommended(client: Client, measured: App) -> None:
    point = await asked(client, measured, "/cpu/recommended_value?container_type=web")
    assert set(point) == {"time", "value"}
    assert 5 <= point["value"] <= 15


@pytest.mark.parametrize("path", ["", "/cpu/web", "/router", "/cpu/recommended_value?container_type=web"])
async def test_what_is_measured_of_strangers_is_not_there(stranger: Client, measured: App, path: str) -> None:
    assert (await stranger.get(f"/v1/apps/{measured.name}/stats{path}")).status_code == 404


@pytest.mark.shows("GET /v1/features/metrics")
async def test_every_metric_that_is_listed_has_a_series_and_a_recommended_value(
    client: Client, measured: App
) -> None:
    listed = (await client.get("/v1/features/metrics")).json()["metrics"]
    assert {it["id"] for it in listed} == set(stats.METRICS)
    for it in listed:
        assert len(await values(client, measured, f"/{it['id']}/web")) == 3
        await asked(client, measured, f"/{it['id']}/recommended_value?container_type=web")
