"""A worker in a process of its own, for tests that freeze and kill it; it prints what its steps do.

Step `hold` blocks its whole process until a file is there, so that a process that wakes writes at once.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from headway.clock import SystemClock
from headway.engine.declare import OperationType, Step
from headway.engine.worker import Worker
from tests.databases import of

BLINK_SECONDS = 0.005


class Asked(msgspec.Struct, frozen=True):
    """What it is about, and what its last step waits for."""

    target: str
    file: str


def _say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


async def _first(run: Any) -> dict[str, Any]:
    _say(f"first {run.operation.fence}")
    return {"by": run.world}


async def _hold(run: Any) -> None:
    _say(f"hold {run.operation.fence}")
    while not Path(run.params.file).exists():
        time.sleep(BLINK_SECONDS)
    _say(f"done {run.operation.fence}")


async def _wait(run: Any) -> None:
    _say(f"wait {run.operation.fence}")
    while not Path(run.params.file).exists():
        await asyncio.sleep(BLINK_SECONDS)
    _say(f"done {run.operation.fence}")


def catalog() -> dict[str, OperationType[Asked, str]]:
    """`test.hold` blocks the process that performs it; `test.wait` does not."""
    lasts = {"test.hold": _hold, "test.wait": _wait}
    return {
        name: OperationType(
            name=name,
            params=Asked,
            target=lambda asked: asked.target,
            steps=(Step(title="first", do=_first), Step(title="last", do=last)),
        )
        for name, last in lasts.items()
    }


async def main(url: str, node: str, lease_seconds: float) -> None:
    """Work until killed."""
    database, clock = of(url), SystemClock()
    await database.open()
    worker = Worker[str](
        database, clock, catalog(), node=node, lease_seconds=lease_seconds, operations_max=10
    )
    worker.given(node)
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.serve(ready, asyncio.Event()))
        await ready.wait()
        _say("ready")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
