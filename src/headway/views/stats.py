"""Reading what is measured of apps: a series, and what is recommended."""

from headway.clock import SECOND
from headway.errors import Invalid, NotFound
from headway.model import stats
from headway.model.one_offs import TYPE as ONE_OFF
from headway.model.sizes import DEFAULT_SIZE, SIZES
from headway.model.stats import KEPT_HOURS, Point, Wanted
from headway.store import containers, samples
from headway.store.database import Database, Tx

_HOUR = 3600 * SECOND
RECOMMENDED_HOURS = 24


async def history(database: Database, app_id: int, wanted: Wanted, hours: int, now: int) -> list[Point]:
    """The series of the last hours, at most those that are kept, oldest first.

    Invalid for an unknown metric, status class or statistic; NotFound for a container type that the app does not have.
    """
    stats.checked(wanted)

    async def body(tx: Tx) -> list[Point]:
        await _sized(tx, app_id, wanted)
        return await _series(tx, app_id, wanted, hours, now)

    return await database.read(body)


async def recommended(database: Database, app_id: int, wanted: Wanted, now: int) -> Point:
    """A value for automatic scaling, from the last day: what the app stayed below most of the time.

    Refuses as `history`; Invalid also where a metric of containers comes without their type.
    """
    stats.checked(wanted)
    if wanted.metric in stats.OF_CONTAINERS and not wanted.type:
        raise Invalid(container_type="missing field")

    async def body(tx: Tx) -> float:
        memory = SIZES[await _sized(tx, app_id, wanted)].memory_bytes
        points = await _series(tx, app_id, wanted, RECOMMENDED_HOURS, now)
        return stats.recommended(points, wanted, memory)

    return Point(stats.start(now, stats.FINE_SECONDS), await database.read(body))


async def _series(tx: Tx, app_id: int, wanted: Wanted, hours: int, now: int) -> list[Point]:
    hours = max(1, min(hours, KEPT_HOURS))
    step = stats.step(hours)
    slices = await samples.of_app(tx, app_id, step, now - hours * _HOUR)
    return stats.series(slices, wanted, step, now)


async def _sized(tx: Tx, app_id: int, wanted: Wanted) -> str:
    """The size of containers of the wanted type."""
    sizes = {kind.name: kind.size for kind in await containers.types(tx, app_id)}
    asked_for = wanted.type if wanted.metric in stats.OF_CONTAINERS else ""
    if asked_for and asked_for not in {*sizes, ONE_OFF}:
        raise NotFound("container_type", asked_for)
    return sizes.get(asked_for, DEFAULT_SIZE)
