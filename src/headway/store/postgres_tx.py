"""A transaction on PostgreSQL as bodies see it, and its end, where events are numbered."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from headway.model.operations import LogLine, NewEvent
from headway.store.database import NotUnique, Row
from headway.store.operations import LOG, logged
from headway.store.postgres_journal import array, keepable
from headway.store.postgres_link import ERRORS, Connection, Lost, say, told
from headway.store.sheets import Query
from headway.store.touches import Touches

BODY = "body"
"""The savepoint at which a body begins."""
_STATEMENT = "statement"

_KEPT = re.sub(r"\$(\d+)", lambda number: f"${int(number[1]) + 7}", LOG.postgres.sql)
# The counter's row is locked from here to the end of the commit, so nothing comes after this but COMMIT.
_SEAL = f"""
WITH kept AS ({_KEPT}),
counter AS (UPDATE event_counter SET last = last + $7 RETURNING last),
written AS (
    INSERT INTO events (seq, at, name, operation, target, actor, data)
    SELECT counter.last - $7 + n, at, name, operation, target, actor, data
    FROM counter, unnest($1::text::bigint[], $2::text::text[], $3::text::bigint[], $4::text::text[],
        $5::text::text[], $6::text::text[])
        WITH ORDINALITY AS given (at, name, operation, target, actor, data, n)
)
SELECT pg_current_xact_id()::text
"""  # noqa: S608 - put together of our own statements
_NUMBER = "SELECT pg_current_xact_id_if_assigned()::text"


Log = list[dict[str, object]]
"""Values of `LOG`, one of them for each piece."""


class Unsaved(Exception):
    """Something is to be taken back and there is no savepoint: the bodies must be run again, with savepoints."""


class PostgresTx:
    """The part of a transaction that belongs to one body.

    In PostgreSQL a statement that is refused ends its transaction; with `savepoints` it ends at one before the
    statement, so that the body can go on, as it can on SQLite. Savepoints cost a round trip each and are seldom
    needed: without them whatever would need one is Unsaved.
    """

    def __init__(self, connection: Connection, touches: Touches, *, savepoints: bool) -> None:
        self._connection = connection
        self._touches = touches
        self._savepoints = savepoints
        self._savepoint = BODY
        self._marked = False
        self.changed = False
        """Whether the body has changed any row."""
        self.broken: Exception | None = None
        """What the transaction cannot go on after, even where the body has caught it."""
        self.events: list[NewEvent] = []
        self.log: Log = []
        self.acts: list[Callable[[], None]] = []

    async def run(self, query: Query, **values: object) -> int:
        """Carry out a statement; the number of rows that it changed."""
        status: str = await self._ask(self._connection.execute, query, values)
        word = status.rpartition(" ")[2]
        count = int(word) if word.isdecimal() else 0
        self.changed = self.changed or count > 0
        return count

    async def one(self, query: Query, **values: object) -> Row | None:
        """The first row, or None."""
        row = await self._ask(self._connection.fetchrow, query, values)
        self._note(query, row is not None)
        return None if row is None else tuple(row)

    async def all(self, query: Query, **values: object) -> list[Row]:
        """Every row."""
        rows = await self._ask(self._connection.fetch, query, values)
        self._note(query, bool(rows))
        return [tuple(row) for row in rows]

    def append(self, event: NewEvent) -> None:
        """Say what happened."""
        self.events.append(event)

    def keep_log(self, operation: int, lines: Sequence[LogLine]) -> None:
        """Keep pieces of an operation's log."""
        self.log += logged(operation, lines)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once the transaction is on disk."""
        self.acts.append(act)

    async def _ask(self, ask: Callable[..., Awaitable[Any]], query: Query, values: dict[str, object]) -> Any:
        self._touches.by(query, values)
        if self._savepoints and not _only_reads(query):
            await self._mark()
        try:
            return await ask(query.postgres.sql, *arguments(query, values))
        except ERRORS as error:
            raise await self._refused(error) from error

    async def _refused(self, error: Exception) -> Exception:
        """What the body is told; from here it can go on only where a unique index refused."""
        refused = told(error, self._connection)
        if not self._savepoints and not isinstance(refused, Lost):
            refused = Unsaved(str(error))
        if isinstance(refused, NotUnique):
            await say(self._connection, f"ROLLBACK TO {self._savepoint}")
        else:
            self.broken = refused
        return refused

    async def _mark(self) -> None:
        """Before the first change the body's own savepoint will do."""
        if self._marked:
            release = f"RELEASE {_STATEMENT}; " if self._savepoint == _STATEMENT else ""
            await say(self._connection, f"{release}SAVEPOINT {_STATEMENT}")
            self._savepoint = _STATEMENT
        self._marked = True

    def _note(self, query: Query, found: bool) -> None:
        """A statement that writes and says which rows has changed none where it says none."""
        if not _only_reads(query):
            self.changed = self.changed or found or "RETURNING" not in query.postgres.sql


def arguments(query: Query, values: dict[str, object]) -> list[Any]:
    """The values of one body's statement as PostgreSQL takes them."""
    statement = query.postgres
    if statement.many:
        return [array([values[name]]) for name in statement.names]
    return [keepable(values[name]) for name in statement.names]


def _only_reads(query: Query) -> bool:
    return query.postgres.sql.startswith("SELECT")


async def seal(connection: Connection, events: Sequence[NewEvent], log: Log) -> str | None:
    """Write the log and the events, last of all; the transaction's number, None where it wrote nothing."""
    try:
        if events:
            columns = zip(*map(_columns, events), strict=True)
            return await connection.fetchval(_SEAL, *map(array, columns), len(events), *_pieces(log))
        if log:
            await connection.execute(LOG.postgres.sql, *_pieces(log))
        return await connection.fetchval(_NUMBER)
    except ERRORS as error:
        raise told(error, connection) from error


def _pieces(log: Log) -> list[str]:
    """For each name of `LOG` an array. No piece twice: PostgreSQL would not know which is to be written over which."""
    each = {(piece["id"], piece["n"]): piece for piece in log}.values()
    return [array([piece[name] for piece in each]) for name in LOG.postgres.names]


def _columns(event: NewEvent) -> tuple[Any, ...]:
    actor, data = msgspec.json.encode(event.by), msgspec.json.encode(event.data)
    return event.at, event.name, event.operation, event.target, actor.decode(), data.decode()
