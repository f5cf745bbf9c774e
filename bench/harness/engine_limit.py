"""The limit on SQLite: the rows of FL3 in a tight loop, a hundred operations a transaction, nothing else.

The smallest schema that keeps the promises: one active operation for each target, a fence, each step on disk before
the next, five lines of log; four commits to a hundred operations. No events, no waiting, no asyncio.
"""

import time
from pathlib import Path

import apsw
from loop import given, tell

BATCH = 100
SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE op (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, state INT NOT NULL, owner INT,
    fence INT NOT NULL, input TEXT, output TEXT, created INT NOT NULL, started INT, finished INT);
CREATE UNIQUE INDEX op_active ON op (target) WHERE state < 2;
CREATE INDEX op_open ON op (state, id) WHERE state < 2;
CREATE TABLE step (op INT, n INT, fence INT NOT NULL, result TEXT, at INT NOT NULL, PRIMARY KEY (op, n)) WITHOUT ROWID;
CREATE TABLE log (op INT, n INT, at INT, line TEXT, PRIMARY KEY (op, n)) WITHOUT ROWID;
"""
SUBMIT = (
    "INSERT INTO op VALUES (?, 'bench.three', ?, 1, 1, 1, '{}', NULL, ?, ?, NULL)"
    " ON CONFLICT (target) WHERE state < 2 DO NOTHING RETURNING id"
)
STEP = (
    "INSERT INTO step SELECT ?, ?, 1, '{}', ? FROM op WHERE id = ? AND fence = 1 AND state = 1"
    " ON CONFLICT DO NOTHING RETURNING n"
)
LOG = "INSERT INTO log VALUES (?, ?, ?, 'checked what was there before, and it is as it should be')"
FINISH = "UPDATE op SET state = 2, output = '{}', finished = ? WHERE id = ? AND fence = 1 AND state = 1 RETURNING id"
LINES = ((1, 2), (3, 4), (5,))


def batch(connection: apsw.Connection, first: int) -> None:
    """A hundred operations, from submit to end."""
    ids, now = range(first, first + BATCH), time.time_ns() // 1000
    execute = connection.execute
    with connection:
        for id in ids:
            execute(SUBMIT, (id, f"thing:{id % 100}", now, now)).fetchall()
    for n, lines in enumerate(LINES):
        with connection:
            for id in ids:
                for line in lines:
                    execute(LOG, (id, line, now))
                execute(STEP, (id, n, now, id)).fetchall()
                if n == len(LINES) - 1:
                    execute(FINISH, (now, id)).fetchall()


def main(file: str, seconds: float) -> None:
    """Operations a second, and microseconds of processor for each."""
    connection = apsw.Connection(str(Path(file)))
    for _ in connection.execute(SCHEMA):
        pass
    connection.transaction_mode = "IMMEDIATE"
    done, began, busy = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        batch(connection, done)
        done += BATCH
    tell({
        "rate": done / (time.perf_counter() - began),
        "cpu": (time.process_time() - busy) / done * 1e6,
    })


if __name__ == "__main__":
    main(**given())
