"""A small control plane to be killed: `python -m tests.runtimes.control_plane KIND FOLDER WHAT …`, tells what it did.

It writes a line to its output after each thing that it was told is done.
"""

import asyncio
import itertools
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from headway.runtimes.process import Process
from tests.runtimes.bench import make, serving, unit

CRASHES = 25
DELAYS = (0.002,) * CRASHES


def told(*words: object) -> None:
    """Say what is done, at once."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def change(runtime: Process, folder: Path) -> None:
    """Make units one after the other, and stop each third; the first one crashes on and on."""
    await runtime.ensure(unit(folder, "crashing", "echo run; exit 3", listens=False))
    for number in itertools.count(len(list((folder / "runtime" / "units").iterdir()))):
        id = f"u{number}"
        await runtime.ensure(
            unit(folder, id, f"echo run; exec sleep 1000.{os.getppid()}{number:04}", listens=False)
        )
        told("ensured", id)
        if number % 3 == 0:
            await runtime.stop(id, grace_seconds=1)
            told("stopped", id)


async def stop(runtime: Process, folder: Path) -> None:
    """Begin to stop what will not be stopped."""
    del folder
    async with asyncio.TaskGroup() as group:
        group.create_task(runtime.stop("stubborn", grace_seconds=1.5))
        while (await runtime.units())[0].state != "stopping":
            await asyncio.sleep(0.001)
        told("stopping")


async def keep(runtime: Process, folder: Path) -> None:
    """Keep all output with how far it has been read, in one write each, and forget what is kept."""
    file = folder / "kept"
    whole = file.read_bytes().rpartition(b"\n")[0] if file.exists() else b""
    ends = {record["unit"]: record["end"] for record in map(json.loads, whole.splitlines())}
    with file.open("ab") as kept:
        kept.truncate(len(whole) + bool(whole))
        async for run in runtime.output(ends):
            record = {"unit": run.unit, "end": run.end, "lines": [line.decode() for line in run.lines]}
            kept.write(json.dumps(record).encode() + b"\n")
            kept.flush()
            await runtime.forget_output(run.unit, run.end)


async def perform(runtime: Process, folder: Path) -> None:
    """Run a task that takes for ever."""
    from tests.runtimes.bench import task

    script = f"echo here; sleep 1000.{os.getppid()}"
    await runtime.perform(task(folder, "t1", script), lambda _: told("running"))


async def sit(runtime: Process, folder: Path) -> None:
    """Hold the terminal of a unit that does not mind being left."""
    command = f"trap '' HUP; echo up; exec sleep 1000.{os.getppid()}"
    asked = unit(folder, "seated", command, label="one-off-1", listens=False, once=True, terminal=True)
    await runtime.ensure(asked)
    terminal = await runtime.attach("seated")
    await terminal.read()
    told("sitting")
    await asyncio.Event().wait()


ACTS: dict[str, Callable[[Process, Path], Awaitable[None]]] = {
    act.__name__: act for act in (change, stop, keep, perform, sit)
}


async def main(kind: str, folder: Path, act: str) -> None:
    """Serve, and act."""
    runtime = make(kind, folder / "runtime", delays=DELAYS if act == "change" else (0.0,))
    assert isinstance(runtime, Process)
    async with serving(runtime):
        told("ready")
        await ACTS[act](runtime, folder)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
