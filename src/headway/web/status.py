"""What every platform answers without being asked who asks: whether it is well, and how it is doing."""

import asyncio
from collections import Counter

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from headway.clock import SECOND
from headway.domain.world import World
from headway.errors import Trouble, Unavailable
from headway.ids import show
from headway.views import legacy_calls, operations

_METRICS = "text/plain; version=0.0.4; charset=utf-8"
HEALTH_SECONDS_MAX = 2
"""A database that takes longer to say anything counts as away."""


def status(world: World) -> Starlette:
    """`/healthz` and `/metrics`, both 503 with `Retry-After` while the database is away.

    What listens has started last, so whoever gets an answer finds every part ready.
    """

    async def healthz(_request: Request) -> Response:
        try:
            async with asyncio.timeout(HEALTH_SECONDS_MAX):
                await operations.last_event(world.database)
        except (Unavailable, TimeoutError):
            return JSONResponse({"status": "the database does not answer"}, 503, {"Retry-After": "1"})
        return JSONResponse({"status": "ok"})

    async def metrics(_request: Request) -> Response:
        try:
            return PlainTextResponse(await _metrics(world), media_type=_METRICS)
        except Unavailable as away:
            return PlainTextResponse(f"# {away}\n", 503, {"Retry-After": str(away.retry_after)})

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])


async def _metrics(world: World) -> str:
    active = Counter(it.type for it in await operations.active(world.database))
    lines = [
        "# HELP headway_operations_active Operations that have not ended.",
        "# TYPE headway_operations_active gauge",
    ]
    lines += [f'headway_operations_active{{type="{name}"}} {n}' for name, n in sorted(active.items())]
    try:
        states = Counter(it.state for it in await world.runtime.units())
    except Trouble:
        states = Counter[str]()
    lines += ["# HELP headway_containers Containers by state.", "# TYPE headway_containers gauge"]
    lines += [f'headway_containers{{state="{name}"}} {n}' for name, n in sorted(states.items())]
    lines += ["# HELP headway_events_total Events that have happened.", "# TYPE headway_events_total counter"]
    lines += [f"headway_events_total {await operations.last_event(world.database)}"]
    lines += _legacy(await legacy_calls.newest(world.database))
    return "\n".join(lines) + "\n"


def _legacy(calls: list[legacy_calls.Shown]) -> list[str]:
    """Nobody has to say who they are to read this, so whoever calls is told by ids only."""
    said = [
        (f'route="{it.route}",account="{show(it.account_id)}",token="{show(it.token_id)}"', it)
        for it in (one.calls for one in calls)
    ]
    lines = [
        "# HELP headway_legacy_calls_total Calls of deprecated paths.",
        "# TYPE headway_legacy_calls_total counter",
    ]
    lines += [f"headway_legacy_calls_total{{{labels}}} {it.calls}" for labels, it in said]
    lines += [
        "# HELP headway_legacy_last_call_timestamp_seconds The last of them.",
        "# TYPE headway_legacy_last_call_timestamp_seconds gauge",
    ]
    lines += [
        f"headway_legacy_last_call_timestamp_seconds{{{labels}}} {it.last_at // SECOND}"
        for labels, it in said
    ]
    return lines
