"""Sheets: the statements of one noun, read from `sql/<noun>.sql`, both engines on one screen.

    -- name: claim
    -- Why it is as it is.
    UPDATE … WHERE id = :id
    -- only: postgres
    FOR UPDATE SKIP LOCKED
    -- all

`-- only: <engine>` begins lines for one engine, `-- all` ends them. Values are named `:name`. In `-- only: postgres,
many` every value is an array, and the statement does for each place in them what SQLite's does once; the rows that
it returns begin with the id. On SQLite an entry without RETURNING is answered with its id if it changed a row.
"""

import functools
import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from pathlib import Path

import msgspec

ENGINES = ("sqlite", "postgres")
MANY = ", many"
_SHEETS = Path(__file__).parent / "sql"
_VALUE = re.compile(r"(?<![:\w]):([a-z_]+)")

_ARRAY = re.compile(r"(\$\d+)::(\w+\[\])")
"""An array goes as its text: the driver takes ten times as long over its elements as the server does to read them."""


class Statement(msgspec.Struct, frozen=True, dict=True):
    """One statement in one engine's tongue: values are numbered in the order of `names`."""

    sql: str
    names: tuple[str, ...]
    many: bool = False
    """Whether each value is the text of an array."""

    @functools.cached_property
    def silent(self) -> bool:
        """Whether it changes rows and returns none."""
        return "RETURNING" not in self.sql

    @functools.cached_property
    def picked(self) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
        """Takes the values by name, and puts them in order."""
        if len(self.names) > 1:
            return itemgetter(*self.names)
        return lambda values: tuple(values[name] for name in self.names)


class Query(msgspec.Struct, frozen=True):
    """One named statement in both tongues."""

    name: str
    sqlite: Statement
    postgres: Statement
    writes: str = ""
    """The noun of which it may change rows; empty where it only reads."""


@functools.cache
def sheet(noun: str) -> dict[str, Query]:
    """The statements of a noun by name; LookupError where an engine has none."""
    return parsed(noun, (_SHEETS / f"{noun}.sql").read_text())


def parsed(noun: str, text: str) -> dict[str, Query]:
    """The statements of a sheet by name; LookupError where an engine has none."""
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: _query(noun, name, body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def lines_for(text: str, engine: str) -> list[str]:
    """The lines of a sheet or migration that an engine carries out, without comments."""
    lines: list[str] = []
    only: str | None = None
    for line in text.splitlines():
        if line.startswith("-- only: "):
            only = line.removeprefix("-- only: ").removesuffix(MANY).strip()
        elif line.strip() == "-- all":
            only = None
        elif not line.lstrip().startswith("--") and only in {None, engine}:
            lines.append(line)
    return lines


def _query(noun: str, name: str, body: str) -> Query:
    sqlite, postgres = (_statement(f"{noun}.{name}", body, engine) for engine in ENGINES)
    reads = sqlite.sql.startswith("SELECT") and postgres.sql.startswith("SELECT")
    return Query(f"{noun}.{name}", sqlite, postgres, "" if reads else noun)


def _statement(name: str, body: str, engine: str) -> Statement:
    sql = "\n".join(lines_for(body, engine)).strip().removesuffix(";")
    if not sql:
        raise LookupError(f"{name} says nothing for {engine}")
    return _numbered(sql, engine, many=f"-- only: {engine}{MANY}" in body.splitlines())


def _numbered(sql: str, engine: str, *, many: bool) -> Statement:
    names: list[str] = []
    mark = "?" if engine == "sqlite" else "$"

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in names:
            names.append(name)
        return f"{mark}{names.index(name) + 1}"

    numbered = _VALUE.sub(number, sql)
    return Statement(_ARRAY.sub(r"\1::text::\2", numbered) if many else numbered, tuple(names), many)
