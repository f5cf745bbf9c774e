"""What SQLite does inside one transaction: bodies and entries, one after another, each all or nothing."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import apsw
import msgspec

from headway.model.operations import LogLine, NewEvent
from headway.store.database import Entry, NotUnique, Row, StorageFull, Tx
from headway.store.operations import LOG, logged
from headway.store.sheets import Query
from headway.store.touches import Touches

T = TypeVar("T")
Acts = list[Callable[[], None]]

NOT_UNIQUE = {apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY, apsw.SQLITE_CONSTRAINT_ROWID}

_EVENT = "INSERT INTO events (seq, at, name, operation, target, actor, data) VALUES (NULL, ?, ?, ?, ?, ?, ?)"
_json = msgspec.json.Encoder().encode


class Pen:
    """A connection and its one cursor: making a cursor costs as much as a small statement."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self.touches = Touches()
        self._cursor = connection.cursor()

    def rows(self, query: Query, values: Mapping[str, object]) -> list[Row]:
        """What the statement returns. NotUnique where an index refuses."""
        statement = query.sqlite
        try:
            return self._cursor.execute(statement.sql, statement.picked(values)).fetchall()
        except apsw.ConstraintError as error:
            if extended(error) not in NOT_UNIQUE:
                raise
            raise NotUnique(str(error).removeprefix("UNIQUE constraint failed: ")) from error

    def say(self, sql: str) -> None:
        """A statement that returns nothing."""
        self._cursor.execute(sql)

    def events(self, events: Sequence[NewEvent]) -> None:
        """Number and write them."""
        execute = self._cursor.execute
        for it in events:
            by, data = _json(it.by).decode(), _json(it.data).decode()
            execute(_EVENT, (it.at, it.name, it.operation, it.target, by, data))
        self.touches.at(events)

    def log(self, operation: int, lines: Iterable[LogLine]) -> None:
        """Keep them."""
        for values in logged(operation, lines):
            self.rows(LOG, values)

    def enter(self, entry: Entry) -> Row | None:
        """Carry out an entry; its row."""
        rows = self.rows(entry.query, entry.values)
        if rows:
            row = rows[0]
        elif entry.query.sqlite.silent and self.connection.changes():
            row = (entry.values["id"],)
        else:
            return None
        if entry.log:
            self.log(cast(int, entry.values["id"]), entry.log)
        self.events(entry.events)
        return row

    def body(self, body: Callable[[Tx], Awaitable[T]]) -> tuple[T, Acts]:
        """What the body returns, and what is to follow the commit; what it wrote goes when it raises."""
        tx = SqliteTx(self)
        self.say("SAVEPOINT body")
        try:
            result = driven(body(tx))
            self.events(tx.events)
        except BaseException:
            if self.connection.in_transaction:  # a full disk may have ended it already
                self.say("ROLLBACK TO body")
                self.say("RELEASE body")
            raise
        self.say("RELEASE body")
        return result, tx.acts


class SqliteTx:
    """A transaction, or the part of one that belongs to one body."""

    __slots__ = ("_pen", "acts", "events")

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self.events: list[NewEvent] = []
        self.acts: Acts = []

    async def run(self, query: Query, **values: object) -> int:
        """Carry out a statement; the number of rows that it changed."""
        self._rows(query, values)
        return self._pen.connection.changes()

    async def one(self, query: Query, **values: object) -> Row | None:
        """The first row, or None."""
        rows = self._rows(query, values)
        return rows[0] if rows else None

    async def all(self, query: Query, **values: object) -> list[Row]:
        """Every row."""
        return self._rows(query, values)

    def append(self, event: NewEvent) -> None:
        """Say what happened."""
        self.events.append(event)

    def keep_log(self, operation: int, lines: Sequence[LogLine]) -> None:
        """Keep pieces of an operation's log."""
        self._pen.log(operation, lines)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Call `act` once the transaction is on disk."""
        self.acts.append(act)

    def _rows(self, query: Query, values: Mapping[str, object]) -> list[Row]:
        if query.writes:
            self._pen.touches.by(query, values)
        return self._pen.rows(query, values)


def driven(body: Awaitable[T]) -> T:
    """What the body returns. It awaits nothing but its transaction, which never suspends here."""
    coroutine = cast("Coroutine[Any, Any, T]", body)
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    coroutine.close()
    raise AssertionError("a transaction's body awaited something other than its transaction")


def extended(error: apsw.Error) -> int:
    """The extended result code, which the driver's type stubs do not know."""
    return cast(int, getattr(error, "extendedresult", 0))


def full(error: apsw.Error) -> StorageFull | None:
    """The same error as the port tells it, where the disk is full."""
    if isinstance(error, apsw.FullError) or (
        isinstance(error, apsw.IOError) and extended(error) == apsw.SQLITE_IOERR_WRITE
    ):
        return StorageFull(str(error))
    return None
