"""Celery with Redis as broker and for results: a task that is acknowledged late, worked off by its own worker.

Redis writes every command to disk before it answers (`appendonly`, `appendfsync always`), which is what a durable submit is
here. It has no steps, so one task stands for FL1 and FL3. Many submitters are one that keeps as many tasks
under way and takes their results in turn, which costs Celery less than a hundred threads would.
"""

import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from statistics import median

from celery import Celery
from loop import given, tell


def application(url: str) -> tuple[Celery, object]:
    """The application, and its task."""
    app = Celery("bench", broker=url, backend=url)
    app.conf.update(
        task_acks_late=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True
    )

    @app.task(name="task")
    def task() -> None:
        pass

    return app, task


def loop(task: object, submitters: int, seconds: float) -> dict[str, float]:
    """So many under way for so long."""
    taken: list[float] = []
    under_way = deque((task.delay(), time.perf_counter()) for _ in range(submitters))
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        result, submitted = under_way.popleft()
        result.get()
        taken.append(time.perf_counter() - submitted)
        under_way.append((task.delay(), time.perf_counter()))
    spent = time.perf_counter() - began
    for result, _ in under_way:
        result.get()
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    return {"rate": len(taken) / spent, "p50": median(taken) * 1e3, "p99": p99 * 1e3}


def main(url: str, seconds: float, cases: list[tuple[str, int]]) -> None:
    """Case after case on the same Redis."""
    _, task = application(url)
    consumer = subprocess.Popen(
        [sys.executable, Path(__file__), url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        task.delay().get(timeout=60)
        figures = {}
        for lifecycle, submitters in cases:
            loop(task, submitters, seconds / 5)
            figures[f"{lifecycle} {submitters}"] = loop(task, submitters, seconds)
        tell(figures)
    finally:
        consumer.terminate()
        consumer.wait(20)


if __name__ == "__main__":
    if sys.argv[1].startswith("{"):
        main(**given())
    else:
        application(sys.argv[1])[0].worker_main([
            "worker",
            "--loglevel=ERROR",
            "--without-gossip",
            "--without-mingle",
        ])
