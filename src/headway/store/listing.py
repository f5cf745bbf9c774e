"""Lists that are searched and sorted as somebody asks: bounds become values, an order becomes part of the statement."""

import functools

import msgspec

from headway.model.listing import Order
from headway.store.sheets import Query, Statement

UNSORTED = "ORDER BY id LIMIT"
"""How the end of a statement begins that can be sorted otherwise."""


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
