"""Fills a database with operations that have ended: rows that the engine itself has written, over and over, each time later.

The newest are as old as the pattern. Nothing is durable until all is done, which makes it fast.
"""

import apsw
from loop import given, tell

TABLES = ("operations", "events", "operation_log")
ID_BITS = 21
"""An id is a millisecond above this many bits."""
AT_ONCE = 50_000
"""Operations in one transaction."""


def main(pattern: str, file: str, stored: int) -> None:
    """Fill `file`, which is a copy of `pattern`."""
    connection = apsw.Connection(file)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
        connection.execute(f"PRAGMA {pragma}")
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")
    connection.execute("ATTACH ? AS pattern", (pattern,))
    made = connection.execute("SELECT count(*) FROM pattern.operations").get
    repeats = max(1, stored // made)
    shifts = _shifts(connection, repeats)
    for begin in range(0, repeats, max(1, AT_ONCE // made)):
        with connection:
            for table in TABLES:
                end = min(repeats, begin + max(1, AT_ONCE // made))
                connection.execute(_copy(connection, table, begin, end, shifts))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    tell({"stored": repeats * made})


def _shifts(connection: apsw.Connection, repeats: int) -> dict[str, str]:
    """What is added to a column in repetition k; the last one keeps the pattern's times."""
    first, last = connection.execute("SELECT min(created_at), max(finished_at) FROM pattern.operations").get
    events, seq = connection.execute("SELECT count(*), min(seq) FROM pattern.events").get
    milliseconds, earlier = (last - first) // 1000 + 1, f"(k - {repeats - 1})"
    id = f"{earlier} * {milliseconds << ID_BITS}"
    return {
        "id": id,
        "operation": id,
        "seq": f"k * {events} - {seq - 1}",
        "at": f"{earlier} * {milliseconds * 1000}",
    }


def _copy(connection: apsw.Connection, table: str, begin: int, end: int, shifts: dict[str, str]) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    shown = ", ".join(_shifted(column, shifts) for column in columns)
    return (
        f"WITH RECURSIVE copies (k) AS (SELECT {begin} UNION ALL SELECT k + 1 FROM copies WHERE k + 1 < {end})"
        f" INSERT INTO main.{table} SELECT {shown} FROM copies CROSS JOIN pattern.{table}"
    )


def _shifted(column: str, shifts: dict[str, str]) -> str:
    shift = shifts.get("at" if column.endswith("_at") else column)
    return f"{column} + {shift}" if shift else column


if __name__ == "__main__":
    main(**given())
