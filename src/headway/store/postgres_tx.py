"""A transaction on PostgreSQL as bodies see it, and its end, where events are numbered."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from headway.model.operations import NewEvent
from headway.store.database import NotUnique, Row
from headway.store.postgres_journal import keepable
from headway.store.postgres_link import ERRORS, Connection, say, told
from headway.store.sheets import Query
from headway.store.touches import Touches

BODY = "body"
"""The savepoint at which a body begins."""
_STATEMENT = "statement"

# The counter's row is locked from here to the end of the commit, so nothing comes after this but COMMIT.
_SEAL = """
WITH counter AS (UPDATE event_counter SET last = last + cardinality($1::bigint[]) RETURNING last),
written AS (
    INSERT INTO events (seq, at, name, operation, target, actor, data)
    SELECT counter.last - cardinality($1) + n, at, name, operation, target, actor, data
    FROM counter, unnest($1, $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
        WITH ORDINALITY AS given (at, name, operation, target, actor, data, n)
)
SELECT pg_current_xact_id()::text
"""
_NUMBER = "SELECT pg_current_xact_id_if_assigned()::text"


class PostgresTx:
    """The part of a transaction that belongs to one body.

    In PostgreSQL a statement that is refused ends its transaction; here it ends at a savepoint before the
    statement, so that the body can go on, as it can on SQLite.
    """

    def __init__(self, connection: Connection, touches: Touches) -> None:
        self._connection = connection
        self._touches = touches
        self._savepoint = BODY
        self._changed = False
        self.broken: Exception | None = None
        """What the transaction cannot go on after, even where the body has caught it."""
        self.events: list[NewEvent] = []
        self.acts: list[Callable[[], None]] = []

    async def run(self, query: Query, **values: object) -> int:
        """Carry out a statement; the number of rows that it changed."""
        status: str = await self._ask(self._connection.execute, query, values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def one(self, query: Query, **values: object) -> Row | None:
        """The first row, or None."""
        row = await self._ask(self._connection.fetchrow, query, values)
        return None if row is None else tuple(row)

    async def all(self, query: Query, **values: object) -> list[Row]:
        """Every row."""
        return [tuple(row) for row in await self._ask(self._connection.fetch, query, values)]

    def append(self, event: NewEvent) -> None:
        """Say what happened."""
        self.events.append(event)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once the transaction is on disk."""
        self.acts.append(act)

    async def _ask(self, ask: Callable[..., Awaitable[Any]], query: Query, values: dict[str, object]) -> Any:
        statement = query.postgres
        given = [keepable(values[name]) for name in statement.names]
        arguments = [[value] for value in given] if statement.many else given
        self._touches.by(query, values)
        if not statement.sql.startswith("SELECT"):
            await self._mark()
        try:
            return await ask(statement.sql, *arguments)
        except ERRORS as error:
            refused = told(error, self._connection)
            if isinstance(refused, NotUnique):
                await say(self._connection, f"ROLLBACK TO {self._savepoint}")
            else:
                self.broken = refused
            raise refused from error

    async def _mark(self) -> None:
        """Before the first change the body's own savepoint will do."""
        if self._changed:
            release = f"RELEASE {_STATEMENT}; " if self._savepoint == _STATEMENT else ""
            await say(self._connection, f"{release}SAVEPOINT {_STATEMENT}")
            self._savepoint = _STATEMENT
        self._changed = True


async def seal(connection: Connection, events: Sequence[NewEvent]) -> str | None:
    """Number and write the events, last of all; the transaction's number, None where it wrote nothing."""
    try:
        if not events:
            return await connection.fetchval(_NUMBER)
        return await connection.fetchval(_SEAL, *zip(*map(_columns, events), strict=True))
    except ERRORS as error:
        raise told(error, connection) from error


def _columns(event: NewEvent) -> tuple[Any, ...]:
    actor, data = msgspec.json.encode(event.by), msgspec.json.encode(event.data)
    return event.at, event.name, event.operation, event.target, actor.decode(), data.decode()
