"""How journal entries share transactions and statements on PostgreSQL: pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import cast

from headway.store.database import Entry, Row

BATCH_MAX = 1000


class Unclear(Exception):
    """Which entries of a group have hit cannot be told: they must go one by one."""


def choose(waiting: Iterable[Entry]) -> list[bool]:
    """Which of the entries go into the next transaction, so that each thing sees its entries in order.

    One that is about the same row as an earlier one waits for the next transaction, unless both are the same
    statement and touch no row.
    """
    queries: dict[Hashable, str | None] = {}
    return [_joins(entry, queries) for entry in waiting]


def _joins(entry: Entry, queries: dict[Hashable, str | None]) -> bool:
    about = {entry.values["id"], entry.touches} if entry.touches else {entry.values["id"]}
    alone = None if entry.touches else entry.query.name
    joins = all(it not in queries or (alone is not None and queries[it] == alone) for it in about)
    for it in about:
        queries[it] = alone if joins else None
    return joins


def groups(entries: Sequence[Entry]) -> list[list[int]]:
    """The places of the entries that share a statement, in the order in which they touch their rows."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        found[entry.query.name].append(place)
    return [sorted(places, key=lambda place: entries[place].touches) for places in found.values()]


def arrays(entries: Sequence[Entry]) -> list[str]:
    """The values of entries that share a statement: for each of its names an array."""
    return [array([entry.values[name] for entry in entries]) for name in entries[0].query.postgres.names]


def array(values: Sequence[object]) -> str:
    """An array of numbers and texts as PostgreSQL writes it."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return f"{{{','.join(map(str, values))}}}"
    if kinds == {str}:
        return _texts(cast(Sequence[str], values))
    return f"{{{','.join([_element(value) for value in values])}}}"


def _texts(values: Sequence[str]) -> str:
    """All of them at once, which takes a tenth of the time: NUL stands between them, for there is none in them."""
    joined = "\0".join(values)
    if joined.count("\0") >= len(values):
        joined = "\0".join([value.replace("\0", "\ufffd") for value in values])
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{escaped}"}}'


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{keepable(text)}"'
    return f"{value:d}"


def keepable(value: object) -> object:
    """PostgreSQL's text has no NUL; U+FFFD stands for it."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


def hits(entries: Sequence[Entry], rows: Sequence[Row]) -> list[Row | None]:
    """For each entry its row, found by the id that it begins with, or None."""
    found: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    for id, count in Counter(entry.values["id"] for entry in entries).items():
        if len(found[id]) not in {0, count}:
            raise Unclear(f"{len(found[id])} of {count} entries of {id} have hit")
    return [found[entry.values["id"]].pop(0) if found[entry.values["id"]] else None for entry in entries]
