"""Sheets are cut into statements, and every statement of every sheet is understood by both engines."""

import re
from pathlib import Path

import apsw
import asyncpg
import pytest

from headway.store import sheets
from headway.store.sheets import Query, Statement, parsed, sheet
from tests.databases import Databases

NOUNS = sorted(path.stem for path in (Path(sheets.__file__).parent / "sql").glob("*.sql"))
ARRAYS = re.compile(r"\$\d+::text::(\w+\[\])")
SMALL = """
amount attempt automatic before count dead detached epoch exclusive exit_code fence force_https index
is_default is_limited kind last me more n next nodes.id operations.after overlap own owner payment_defined
phase phase_least phase_most position progress router_logs searches.id secret state status step sticky_session turning_back
type_index version
"""
"""Values for which four bytes are enough."""


def _one(text: str) -> Query:
    (query,) = parsed("noun", f"-- name: it\n{text}\n").values()
    return query


def test_values_are_numbered_in_the_order_in_which_they_first_appear() -> None:
    query = _one("SELECT :b, :a, :b")
    assert query.sqlite == Statement("SELECT ?1, ?2, ?1", ("b", "a"))
    assert query.postgres == Statement("SELECT $1, $2, $1", ("b", "a"))


def test_a_cast_is_no_value() -> None:
    assert _one("SELECT :id::bigint, x::text").postgres == Statement("SELECT $1::bigint, x::text", ("id",))


def test_comments_and_the_last_semicolon_are_left_out() -> None:
    assert _one("-- Why.\nSELECT 1;\n\n").sqlite.sql == "SELECT 1"


def test_lines_for_one_engine_are_not_for_the_other() -> None:
    query = _one("SELECT 1\n-- only: postgres\nFOR UPDATE\n-- only: sqlite\n+ 1\n-- all\nLIMIT 1")
    assert query.postgres.sql == "SELECT 1\nFOR UPDATE\nLIMIT 1"
    assert query.sqlite.sql == "SELECT 1\n+ 1\nLIMIT 1"


def test_a_statement_for_arrays_says_so() -> None:
    query = _one("-- only: sqlite\nSELECT :id\n-- only: postgres, many\nSELECT unnest(:id::int[])\n-- all")
    assert query.postgres == Statement("SELECT unnest($1::text::int[])", ("id",), many=True)
    assert not query.sqlite.many


def test_a_query_is_named_after_its_sheet() -> None:
    assert _one("SELECT 1").name == "noun.it"


def test_a_sheet_has_all_its_statements() -> None:
    assert list(parsed("noun", "-- The noun.\n\n-- name: a\nSELECT 1\n\n-- name: b\nSELECT 2\n")) == [
        "a",
        "b",
    ]


def test_a_statement_that_one_engine_lacks_is_refused() -> None:
    with pytest.raises(LookupError, match=r"noun\.it says nothing for postgres"):
        _one("-- only: sqlite\nSELECT 1\n-- all")


@pytest.mark.parametrize("noun", NOUNS)
async def test_every_statement_is_understood(databases: Databases, noun: str) -> None:
    await databases.another()
    check = _postgres if databases.url.startswith("postgresql:") else _sqlite
    await check(databases.url, sheet(noun))


async def _sqlite(file: str, queries: dict[str, Query]) -> None:
    connection = apsw.Connection(file)
    for query in queries.values():
        connection.execute(f"EXPLAIN {query.sqlite.sql}", [None] * len(query.sqlite.names))
    connection.close()


async def _postgres(url: str, queries: dict[str, Query]) -> None:
    connection = await asyncpg.connect(url)
    for query in queries.values():
        statement = query.postgres
        prepared = await connection.prepare(statement.sql)
        types = [it.name for it in prepared.get_parameters()]
        if statement.many:
            assert set(types) == {"text"}, f"{query.name}: not every value is an array"
            types = ARRAYS.findall(statement.sql)
        for name, type in zip(statement.names, types, strict=True):
            small = {name, query.name.split(".")[0] + "." + name} & set(SMALL.split())
            assert small or not type.startswith(("int2", "int4", "smallint", "int[")), (
                f"{query.name}: PostgreSQL takes {name} for {type}; write CAST(:{name} AS BIGINT) or add it to SMALL"
            )
        if statement.many:
            first = [it.name for it in prepared.get_attributes()[:1]]
            assert set(first) <= {"id", "operation"}, f"{query.name}: the id comes first"
    await connection.close()
