"""Huey on SQLite with fsync: a task, submitted here and worked off by a consumer of two processes.

It has no steps, and what it has taken from the queue is gone when it dies. A submitter hears of the end by a datagram from the
task itself, not by asking for the result, and the consumer asks for work every millisecond: both to its favour.
"""

import socket
import subprocess
import sys
import threading
from pathlib import Path

from huey import SqliteHuey
from loop import given, tell, threaded

WORKERS = 2
POLL_SECONDS = 0.001


def queue(file: str) -> tuple[SqliteHuey, object]:
    """The queue, and its task."""
    huey = SqliteHuey(filename=file, fsync=True, results=False)
    out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    address = f"{file}.ends"

    @huey.task(name="task")
    def task(number: int) -> None:
        out.sendto(number.to_bytes(4), address)

    return huey, task


def consume(file: str) -> None:
    """Work off what comes, until killed."""
    huey, _ = queue(file)
    huey.create_consumer(
        workers=WORKERS,
        worker_type="process",
        initial_delay=POLL_SECONDS,
        max_delay=POLL_SECONDS,
        periodic=False,
        check_worker_health=False,
    ).run()


def main(file: str, seconds: float, cases: list[tuple[str, int]]) -> None:
    """Case after case on the same file."""
    _, task = queue(file)
    ends = [threading.Event() for _ in range(max(submitters for _, submitters in cases))]
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(f"{file}.ends")

    def hear() -> None:
        while True:
            ends[int.from_bytes(heard.recv(4))].set()

    def one(number: int) -> None:
        ends[number].clear()
        task(number)
        ends[number].wait()

    threading.Thread(target=hear, daemon=True).start()
    consumer = subprocess.Popen(
        [sys.executable, Path(__file__), file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        tell({
            f"{lifecycle} {submitters}": threaded(submitters, seconds, one) for lifecycle, submitters in cases
        })
    finally:
        consumer.kill()


if __name__ == "__main__":
    if sys.argv[1].startswith("{"):
        main(**given())
    else:
        consume(sys.argv[1])
