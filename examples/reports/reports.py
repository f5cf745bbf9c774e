"""An operation type of your own: a report, written page by page, that survives a crash and can be cancelled."""

import asyncio
from pathlib import Path

import msgspec

from headway.engine.declare import OperationType, Step


class Export(msgspec.Struct, frozen=True):
    name: str
    pages: int = 10


def file_of(run) -> Path:
    return run.world.config.folder / "reports" / f"{run.params.name}.txt"


async def write(run):
    """The file is there. Begun again after a crash it writes the same."""
    file = file_of(run)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as out:
        for page in range(1, run.params.pages + 1):
            out.write(f"page {page} of {run.params.name}\n")
            run.say(f"page {page}")
            run.progress(page / run.params.pages)
            await asyncio.sleep(0.1)
    return {"bytes": file.stat().st_size}


async def remove(run):
    """No file is left of one that was cancelled or has failed."""
    file_of(run).unlink(missing_ok=True)


EXPORT = OperationType(
    name="report.export",
    params=Export,
    target=lambda params: f"report:{params.name}",
    steps=(Step(title="write the pages", do=write, undo=remove, seconds_max=600),),
    summary=lambda params: f"export {params.name}",
    same_again=True,
)
