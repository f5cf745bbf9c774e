"""The parts of the platform that hold containers, put together for a measurement: runtime, logbook, collector."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.contest import Left
from headway.clock import SystemClock
from headway.domain.logs.collect import Collector
from headway.model.sizes import SIZES
from headway.runtimes.port import Runtime, Unit
from headway.store.logbook import Logbook

SERVER = "exec python3 -m http.server $PORT --bind 127.0.0.1"


@asynccontextmanager
async def parts(folder: Path) -> AsyncIterator[Runtime]:
    """A process runtime whose output is collected; every container is stopped at the end. Left where there is none."""
    if importlib.util.find_spec("headway.runtimes.process") is None:
        raise Left("the process runtime is not in this checkout")
    # Only now: a checkout without it can still measure the rest.
    from headway.runtimes.machine import look  # noqa: PLC0415
    from headway.runtimes.process import Process  # noqa: PLC0415

    clock = SystemClock()
    place = folder / "runtime"
    runtime = Process(place, clock, look(place), crash_delays_seconds=(0.0,), crash_warm_up_seconds=600)
    collector = Collector(runtime, Logbook(folder / "logs", clock, hot_bytes=50 << 20), clock)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        try:
            for service in (runtime, collector):
                ready = asyncio.Event()
                group.create_task(service.serve(ready, stop))
                await ready.wait()
            yield runtime
        finally:
            units = await runtime.units()
            await asyncio.gather(*(runtime.stop(unit.id, grace_seconds=1) for unit in units))
            stop.set()


def server(folder: Path, number: int) -> Unit:
    """A container that serves files with Python's own server."""
    slug = folder / "slug"
    slug.mkdir(exist_ok=True)
    return Unit(
        id=f"bench-{number}",
        app_id="bench",
        label=f"web-{number}",
        slug=slug,
        command=SERVER,
        environment={"PATH": "/usr/local/bin:/usr/bin:/bin"},
        size=SIZES["M"],
        listens=True,
    )
