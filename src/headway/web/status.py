"""What every platform answers without being asked who asks: whether it is well, and how it is doing."""

from collections import Counter

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from headway.domain.world import World
from headway.errors import Trouble
from headway.views import operations

_METRICS = "text/plain; version=0.0.4; charset=utf-8"


def status(world: World) -> Starlette:
    """`/healthz` and `/metrics`. What listens has started last, so whoever gets an answer finds every part ready."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def metrics(_request: Request) -> Response:
        return PlainTextResponse(await _metrics(world), media_type=_METRICS)

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
    return "\n".join(lines) + "\n"
