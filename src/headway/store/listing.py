"""Lists that are searched and sorted as somebody asks: bounds become values, an order becomes part of the statement."""

import functools
from collections.abc import Mapping

import msgspec

from headway.store.sheets import Query, Statement

MAX = (1 << 63) - 1
UNSORTED = "ORDER BY id LIMIT"
"""How the end of a statement begins that can be sorted otherwise."""


class Bounds(msgspec.Struct, frozen=True):
    """From `least` to `most`, both included. As they are by default they hold for what is not there, too."""

    least: int = -1
    most: int = MAX


ANY = Bounds()
Order = tuple[tuple[str, bool], ...]
"""Names, each with whether it is sorted downwards."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What of a list is wanted: which ids, from when to when, in which order, how many."""

    ids: Bounds = ANY
    times: Mapping[str, Bounds] = {}
    order: Order = ()
    count: int = 50

    def values(self, *times: str) -> dict[str, object]:
        """Its bounds by the names that statements have for them."""
        found: dict[str, object] = {
            "id_least": self.ids.least,
            "id_most": self.ids.most,
            "count": self.count,
        }
        for name in times:
            bounds = self.times.get(name, ANY)
            found |= {f"{name}_least": bounds.least, f"{name}_most": bounds.most}
        return found


def ordered(query: Query, order: Order, columns: tuple[tuple[str, str], ...]) -> Query:
    """The statement sorted like that; `columns` has the SQL of each name. What is equal is sorted by id."""
    return _ordered(query, order, columns) if order else query


@functools.lru_cache(maxsize=256)
def _ordered(query: Query, order: Order, columns: tuple[tuple[str, str], ...]) -> Query:
    known = dict(columns)
    keys = [f"{known[name]}{' DESC' if down else ''}" for name, down in order]
    keys += [] if any(name == "id" for name, _ in order) else [known["id"]]
    wanted = f"ORDER BY {', '.join(keys)} LIMIT"
    return msgspec.structs.replace(
        query, sqlite=_replaced(query.sqlite, wanted), postgres=_replaced(query.postgres, wanted)
    )


def _replaced(statement: Statement, wanted: str) -> Statement:
    assert UNSORTED in statement.sql
    return msgspec.structs.replace(statement, sql=statement.sql.replace(UNSORTED, wanted))
