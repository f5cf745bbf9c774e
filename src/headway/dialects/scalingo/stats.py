"""What is measured of an app: of each container now, and as series over time."""

import re

from headway import ids
from headway.dialects.scalingo import asked, project_stats
from headway.dialects.scalingo.wire import stats as wire
from headway.errors import Invalid, Retry, Unavailable
from headway.model.stats import ALL, CLASSES, FINE_HOURS, KEPT_HOURS, STATISTICS, Wanted
from headway.views import stats
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

NAMES = {"ram": "memory"}
"""Other names of metrics that the npm client knows."""
SINCE = Param("since", f"How many hours back, up to {KEPT_HOURS}.", int)
STATUS = Param("status_code", f"Of `router`: one of {', '.join((*CLASSES, ALL))}.")
STATISTIC = Param("statistics_type", f"Of `requests`: one of {', '.join(STATISTICS)}.")
LAST = Param("last", "With `true` only the last point.", bool)
TYPE = Param("container_type", "Of `cpu`, `memory` and `swap`: which containers.")


@Says(wire.StatsReply, refuses=(Unavailable,))
async def now(ask: Ask) -> Answer:
    """Every container of the app that runs."""
    app = await asked.app(ask, "stats.read")
    try:
        readings = await ask.world.meter.read(ids.show(app.id))
    except Retry as error:
        raise Unavailable(str(error)) from error
    return answer(wire.StatsReply([project_stats.now(it) for it in readings]))


@Says(list[wire.Point], params=(SINCE, STATUS, STATISTIC, LAST), refuses=(Invalid,))
async def history(ask: Ask) -> Answer:
    """A series: a bare array. With `last=true` only its last point."""
    wanted = _wanted(ask, ask.params.get("type", ""), _index(ask.params.get("index")))
    app = await asked.app(ask, "stats.read")
    hours = ask.number("since", FINE_HOURS, at_least=1, at_most=KEPT_HOURS)
    points = await stats.history(ask.world.database, app.id, wanted, hours, ask.world.clock.now())
    told = points[-1:] if ask.flag("last", default=False) else points
    return answer([project_stats.point(it) for it in told])


@Says(wire.Point, params=(TYPE,), refuses=(Invalid,))
async def recommended(ask: Ask) -> Answer:
    """What an autoscaler might aim at."""
    wanted = _wanted(ask, ask.query.get("container_type", ""), None)
    app = await asked.app(ask, "stats.read")
    return answer(
        project_stats.point(
            await stats.recommended(ask.world.database, app.id, wanted, ask.world.clock.now())
        )
    )


def _wanted(ask: Ask, type: str, index: int | None) -> Wanted:
    metric = ask.params["metric"]
    return Wanted(
        metric=NAMES.get(metric, metric),
        type=type,
        index=index,
        status=ask.query.get("status_code") or ALL,
        statistic=ask.query.get("statistics_type") or "p95",
    )


def _index(given: str | None) -> int | None:
    if given is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", given):
        raise Invalid(container_index="should be a whole number")
    return int(given)
