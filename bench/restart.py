"""How long a container takes from `ensure` to `ready`, over what its app takes to boot by itself."""

import asyncio
import subprocess
import tempfile
import time
from pathlib import Path

from bench.measure import Figure, free_port, timed, wait_for_port
from bench.parts import SERVER, parts, server


def figures(runs: int) -> list[Figure]:
    """Milliseconds alone, in a container, and the difference."""
    with tempfile.TemporaryDirectory() as folder:
        alone, ready, replaced = asyncio.run(_by_turns(Path(folder), runs))
    return [
        Figure(name="boot of the app alone", unit="ms", values=alone),
        Figure(name="ensure to ready", unit="ms", values=ready),
        Figure(
            name="the same over the app's own boot",
            unit="ms",
            values=[inside - own for inside, own in zip(ready, alone, strict=True)],
        ),
        Figure(name="restart: a new one ready, then the old one gone", unit="ms", values=replaced),
    ]


def _alone(folder: Path) -> float:
    port = free_port()
    process: list[subprocess.Popen[bytes]] = []

    def boot() -> None:
        environment = {"PORT": str(port), "PATH": "/usr/local/bin:/usr/bin:/bin"}
        process.append(
            subprocess.Popen(
                ["/bin/sh", "-c", SERVER],
                cwd=folder,
                env=environment,
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        )
        wait_for_port(port)

    seconds = timed(boot)
    process[0].kill()
    process[0].wait()
    return seconds * 1000


async def _by_turns(folder: Path, runs: int) -> tuple[list[float], list[float], list[float]]:
    """By turns, so that what else the machine does weighs on all of them."""
    alone: list[float] = []
    ready: list[float] = []
    replaced: list[float] = []
    async with parts(folder) as runtime:
        await runtime.ensure(server(folder, 0))
        await runtime.ready("bench-0", seconds=60)
        for number in range(1, runs + 1):
            alone.append(await asyncio.to_thread(_alone, folder))
            unit = server(folder, number)
            began = time.perf_counter()
            await runtime.ensure(unit)
            await runtime.ready(unit.id, seconds=60)
            ready.append((time.perf_counter() - began) * 1000)
            await runtime.stop(f"bench-{number - 1}", grace_seconds=5)
            replaced.append((time.perf_counter() - began) * 1000)
    return alone, ready, replaced
