"""What was measured, in the database."""

import msgspec
import pytest

from headway.clock import SECOND
from headway.model import stats
from headway.model.stats import Load, Of
from headway.store import apps, samples
from headway.store.database import Database
from tests.store.of_an_app import with_apps

QUARTER = 1_700_000_100 * SECOND
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def taken(*minutes: int, app_id: int = 5, count: int = 1) -> Of:
    """Requests in those minutes behind the quarter of an hour."""
    return {
        (app_id, QUARTER + minute * MINUTE): stats.requests([(200, 10)]).plus(
            stats.sample("web-1", 1.5, 10, 0)
        )
        for minute in minutes
        for _ in range(count)
    }


async def add(database: Database, slices: Of, node: str = "one") -> None:
    await database.write(lambda tx: samples.add(tx, node, slices))


async def counts(database: Database, step: int, app_id: int = 5, since: int = 0) -> dict[int, int]:
    """Requests by minutes behind the quarter of an hour."""
    found = await database.read(lambda tx: samples.of_app(tx, app_id, step, since))
    return {(at - QUARTER) // MINUTE: one.traffic.count for at, one in found}


async def test_minutes_are_kept_as_they_are_and_added_up_to_quarters_of_an_hour(database: Database) -> None:
    await add(database, taken(0, 1, 14, 15))
    assert await counts(database, 60) == {0: 1, 1: 1, 14: 1, 15: 1}
    assert await counts(database, 900) == {0: 3, 15: 1}


async def test_what_comes_later_for_the_same_minute_is_added_to_it(database: Database) -> None:
    for _ in range(3):
        await add(database, taken(0, 1))
    assert await counts(database, 60) == {0: 3, 1: 3}
    assert await counts(database, 900) == {0: 6}
    (_, one), _ = await database.read(lambda tx: samples.of_app(tx, 5, 60, 0))
    assert one.loads == {"web-1": Load(3, 4.5, 30, 0)}


async def test_what_several_nodes_saw_is_read_as_one(database: Database) -> None:
    await add(database, taken(0))
    await add(database, taken(0, 1), node="two")
    assert await counts(database, 60) == {0: 2, 1: 1}
    assert await counts(database, 900) == {0: 3}


async def test_apps_do_not_see_each_other(database: Database) -> None:
    await add(database, {**taken(0), **taken(1, app_id=6)})
    assert await counts(database, 60) == {0: 1}
    assert await counts(database, 60, app_id=6) == {1: 1}
    assert await counts(database, 60, app_id=7) == {}


async def test_only_what_began_since_then_is_read(database: Database) -> None:
    await add(database, taken(0, 1, 2))
    assert await counts(database, 60, since=QUARTER + MINUTE) == {1: 1, 2: 1}


async def test_a_slice_is_read_as_it_was_kept(database: Database) -> None:
    one = (
        stats
        .sample("web-1", 12.25, 3, 4)
        .plus(stats.requests([(503, 70)]))
        .plus(stats.sample("wörker-1", 1, 2, 3))
    )
    await add(database, {(2**62, QUARTER): one})
    assert await database.read(lambda tx: samples.of_app(tx, 2**62, 60, 0)) == [(QUARTER, one)]


async def test_minutes_are_kept_for_three_hours_and_quarters_for_seventy_two(database: Database) -> None:
    await add(database, taken(*range(0, 76 * 60, 15)))
    now = QUARTER + 76 * HOUR
    await database.write(lambda tx: samples.forget(tx, now))
    fine, coarse = await counts(database, 60), await counts(database, 900)
    assert (min(fine), min(coarse)) == (73 * 60, 4 * 60)
    assert max(fine) == max(coarse) == 76 * 60 - 15


async def test_rows_are_bounded_whatever_the_time(database: Database) -> None:
    for hour in range(0, 100, 10):
        await add(database, taken(*range(hour * 60, hour * 60 + 600)))
        await database.write(lambda tx, hour=hour: samples.forget(tx, QUARTER + (hour + 10) * HOUR))
    assert len(await counts(database, 60)) <= 3 * 60 + 1
    assert len(await counts(database, 900)) <= 72 * 4


async def test_a_node_knows_how_far_it_has_counted(database: Database) -> None:
    assert await database.read(lambda tx: samples.counted(tx, "one")) == 0
    for place in (7, 2**45):
        await database.write(lambda tx, place=place: samples.count(tx, "one", place))
    assert await database.read(lambda tx: samples.counted(tx, "one")) == 2**45
    assert await database.read(lambda tx: samples.counted(tx, "two")) == 0


async def test_nothing_is_added_where_nothing_was_seen(database: Database) -> None:
    await add(database, {})
    assert await counts(database, 60) == {}


async def test_an_app_that_goes_takes_what_was_measured_of_it_along(database: Database) -> None:
    await with_apps(database)
    await add(database, {**taken(0), **taken(0, app_id=99)})
    await database.write(lambda tx: apps.delete(tx, 5))
    assert await counts(database, 60) == {}
    assert await counts(database, 60, app_id=99) == {0: 1}


@pytest.mark.parametrize("router_logs", [True, False])
async def test_which_apps_want_requests_in_their_log_is_told(database: Database, router_logs: bool) -> None:
    await with_apps(database)
    app = await database.read(lambda tx: apps.get(tx, 5))
    wanted = msgspec.structs.replace(app.settings, router_logs=router_logs)
    await database.write(lambda tx: apps.configure(tx, 5, wanted, 1))
    assert await database.read(apps.with_router_logs) == ({5} if router_logs else set())
