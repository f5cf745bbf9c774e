"""Procrastinate: a task, deferred and worked off by a worker in the same process, which hears of it by NOTIFY.

It has no steps and no log, so one task stands for FL1 and for FL3. A submitter hears of the end from the task itself, a
little before that is written down, because Procrastinate offers no way to wait for it: to its favour.
"""

import asyncio
import logging

import procrastinate
import uvloop
from loop import awaited, given, tell

CONCURRENCY = 100


async def main(url: str, seconds: float, cases: list[tuple[str, int]]) -> None:
    """Case after case on the same database."""
    logging.disable(logging.CRITICAL)
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=4, max_size=20)
    app = procrastinate.App(connector=connector)
    ends: dict[str, asyncio.Future[None]] = {}

    @app.task(name="task")
    async def task(name: str) -> None:
        ends.pop(name).set_result(None)

    async def one(number: int) -> None:
        name = f"{number}"
        end = ends[name] = asyncio.get_running_loop().create_future()
        await task.defer_async(name=name)
        await end

    figures = {}
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        worker = asyncio.ensure_future(
            app.run_worker_async(concurrency=CONCURRENCY, install_signal_handlers=False)
        )
        await asyncio.sleep(0.5)
        for lifecycle, submitters in cases:
            figures[f"{lifecycle} {submitters}"] = await awaited(submitters, seconds, one)
        tell(figures)
        worker.cancel()
        await asyncio.wait([worker])


if __name__ == "__main__":
    uvloop.run(main(**given()))
