"""DBOS: a workflow of one step (FL1) and one of three (FL3), with its defaults; it has no log of an operation to write.

A submitter starts a workflow and waits for its result.
"""

import asyncio

from dbos import DBOS
from loop import awaited, given, tell


@DBOS.step()
async def quiet() -> None:
    """Nothing, so that what is left is the engine."""


@DBOS.workflow()
async def one() -> None:
    """FL1."""
    await quiet()


@DBOS.workflow()
async def three() -> None:
    """FL3."""
    for _ in range(3):
        await quiet()


WORKFLOWS = {"FL1": one, "FL3": three}


def launch(url: str) -> None:
    """Start DBOS on its system database."""
    DBOS(
        config={"name": "bench", "system_database_url": url, "log_level": "ERROR", "run_admin_server": False}
    )
    DBOS.launch()


async def carried_out(lifecycle: str) -> None:
    """Start one and wait for its end."""
    handle = await DBOS.start_workflow_async(WORKFLOWS[lifecycle])
    await handle.get_result()


async def main(url: str, seconds: float, cases: list[tuple[str, int]]) -> None:
    """Case after case on the same database."""
    launch(url)
    figures = {}
    for lifecycle, submitters in cases:

        async def one(_: int, lifecycle: str = lifecycle) -> None:
            await carried_out(lifecycle)

        figures[f"{lifecycle} {submitters}"] = await awaited(submitters, seconds, one)
    tell(figures)
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main(**given()))
