"""What holding twenty idle containers costs: memory and processor time of the process that holds them.

It measures the parts that hold containers, in a process of their own; `platform` measures the whole.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.contest import Left
from bench.measure import Figure, cpu_seconds, memory_mb
from bench.parts import parts, server

CONTAINERS = 20
SECONDS = 10


def figures(runs: int) -> list[Figure]:
    """Megabytes, empty and with containers, and milliseconds of processor a minute."""
    taken = [_once() for _ in range(min(runs, 3))]
    return [
        Figure(name=name, unit=unit, values=[each[number] for each in taken])
        for number, (name, unit) in enumerate((
            ("resident, no container", "MB"),
            (f"resident, {CONTAINERS} idle containers", "MB"),
            (f"proportional share, {CONTAINERS} idle containers", "MB"),
            (f"processor, {CONTAINERS} idle containers", "ms a minute"),
        ))
    ]


def _once() -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(
            [sys.executable, "-m", "bench.idle", folder],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
    if process.returncode:
        raise Left(process.stderr.strip().splitlines()[-1].removeprefix("bench.measure.Left: "))
    return [float(value) for value in process.stdout.split()]


async def _hold(folder: Path) -> list[float]:
    async with parts(folder) as runtime:
        empty = memory_mb(os.getpid())
        for number in range(CONTAINERS):
            await runtime.ensure(server(folder, number))
        for number in range(CONTAINERS):
            await runtime.ready(f"bench-{number}", seconds=60)
        await asyncio.sleep(1)
        began = cpu_seconds(os.getpid())
        await asyncio.sleep(SECONDS)
        busy = cpu_seconds(os.getpid()) - began
        memory = memory_mb(os.getpid())
        return [empty["Rss"], memory["Rss"], memory["Pss"], busy * 1000 * 60 / SECONDS]


if __name__ == "__main__":
    print(*asyncio.run(_hold(Path(sys.argv[1]))))
