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
        alone = [_alone(Path(folder)) for _ in range(runs)]
        ready, replaced = asyncio.run(_in_containers(Path(folder), runs))
    middle = sorted(alone)[runs // 2]
    return [
        Figure(name="boot of the app alone", unit="ms", values=alone),
        Figure(name="ensure to ready", unit="ms", values=ready),
        Figure(name="the same over the app's own boot", unit="ms", values=[each - middle for each in ready]),
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


async def _in_containers(folder: Path, runs: int) -> tuple[list[float], list[float]]:
    ready: list[float] = []
    replaced: list[float] = []
    async with parts(folder) as runtime:
        for number in range(runs + 1):
            unit = server(folder, number)
            began = time.perf_counter()
            await runtime.ensure(unit)
            await runtime.ready(unit.id, seconds=60)
            ready.append((time.perf_counter() - began) * 1000)
            if number:
                await runtime.stop(f"bench-{number - 1}", grace_seconds=5)
                replaced.append((time.perf_counter() - began) * 1000)
    return ready[1:], replaced
