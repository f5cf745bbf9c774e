import pytest

from headway.clock import SECOND
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model import stats
from headway.model.apps import App
from headway.model.stats import Of, Point, Wanted
from headway.store import containers, samples
from headway.views.stats import history, recommended
from tests.records import a_type

MINUTE = 60 * SECOND
NOW = 1_700_000_100 * SECOND + 60 * 60 * MINUTE
"""At the beginning of a quarter of an hour."""
CPU = Wanted(metric="cpu", type="web")


@pytest.fixture
async def measured(world: World, app: App) -> World:
    """Three days of a web container, one sample in each quarter of an hour, ever busier."""
    taken: Of = {}
    for quarter in range(72 * 4):
        at = NOW - (72 * 4 - quarter) * 15 * MINUTE
        stats.add(
            taken,
            stats.key(app.id, at),
            stats.sample("web-1", quarter, 1000, 0).plus(stats.requests([(200, 50)])),
        )
    await world.database.write(lambda tx: samples.add(tx, "one", taken))
    await world.database.write(
        lambda tx: containers.keep_types(tx, [a_type(id=world.ids.next(), app_id=app.id, size="S")])
    )
    return world


async def told(world: World, app: App, hours: int, wanted: Wanted = CPU) -> list[Point]:
    return await history(world.database, app.id, wanted, hours, NOW)


async def test_a_series_goes_back_as_far_as_is_asked_for(measured: World, app: App) -> None:
    for hours in (1, 3, 4, 48, 72):
        points = await told(measured, app, hours)
        assert len(points) == 4 * hours
        assert points[0].at == NOW - hours * 60 * MINUTE
        assert points[-1] == Point(NOW - 15 * MINUTE, 72 * 4 - 1)
        assert points == sorted(points, key=lambda point: point.at)


async def test_more_than_is_kept_is_all_there_is(measured: World, app: App) -> None:
    assert await told(measured, app, 1000) == await told(measured, app, 72)
    assert len(await told(measured, app, 0)) == 4


async def test_requests_are_told_per_minute_of_their_slice(measured: World, app: App) -> None:
    assert {point.value for point in await told(measured, app, 1, Wanted(metric="router"))} == {1}
    assert {point.value for point in await told(measured, app, 4, Wanted(metric="router"))} == {1 / 15}


async def test_an_app_that_was_never_measured_has_an_empty_series(world: World, app: App) -> None:
    assert await told(world, app, 72, Wanted(metric="memory")) == []


async def test_a_type_that_the_app_does_not_have_is_not_found(measured: World, app: App) -> None:
    with pytest.raises(NotFound):
        await told(measured, app, 1, Wanted(metric="cpu", type="nobody"))
    assert await told(measured, app, 1, Wanted(metric="cpu", type="one-off")) == []
    assert len(await told(measured, app, 1, Wanted(metric="router", type="nobody", index=9))) == 4


async def test_an_unknown_metric_is_invalid(measured: World, app: App) -> None:
    with pytest.raises(Invalid):
        await told(measured, app, 1, Wanted(metric="colour"))
    with pytest.raises(Invalid):
        await recommended(measured.database, app.id, Wanted(metric="colour"), NOW)


async def test_what_is_recommended_comes_from_the_last_day(measured: World, app: App) -> None:
    point = await recommended(measured.database, app.id, CPU, NOW + 5 * SECOND)
    last_day = range(48 * 4, 72 * 4)
    assert point == Point(NOW, last_day[-5])
    of_requests = await recommended(measured.database, app.id, Wanted(metric="all"), NOW)
    assert of_requests.value == 1 / 15


async def test_where_nothing_was_measured_the_size_of_the_type_says_what_is_usual(
    measured: World, app: App
) -> None:
    long_after = NOW + 90 * 60 * MINUTE
    wanted = Wanted(metric="memory", type="web")
    point = await recommended(measured.database, app.id, wanted, long_after)
    assert point.value == pytest.approx(0.8 * (256 << 20))


async def test_a_metric_of_containers_is_recommended_for_one_type(measured: World, app: App) -> None:
    with pytest.raises(Invalid) as refused:
        await recommended(measured.database, app.id, Wanted(metric="cpu"), NOW)
    assert set(refused.value.fields) == {"container_type"}
