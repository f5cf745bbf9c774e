"""SQLite in this process: one writer connection whose commits are shared, one reader.

Statements run on the event loop, where they take microseconds. What may take long is the commit: where the
disk is slow it moves to a thread, and what arrives meanwhile shares the next one. Durable: WAL with
`synchronous=FULL`. Other processes may write to the same file; then this one waits its turn.
"""

import asyncio
import fcntl
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar, cast

import apsw
import msgspec

from headway.clock import Clock
from headway.errors import Unavailable
from headway.model.operations import NewEvent
from headway.store import migrate
from headway.store.database import Entry, NotUnique, Row, StorageFull, Tx
from headway.store.operations import LOG, logged
from headway.store.sheets import Query

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
)
SLOW_COMMIT_SECONDS = 0.0003
BUSY_PAUSE_SECONDS = 0.005
BUSY_SECONDS_MAX = 30.0
BATCH_MAX = 1000
NOT_UNIQUE = {apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY, apsw.SQLITE_CONSTRAINT_ROWID}

_EVENT = "INSERT INTO events (seq, at, name, operation, target, actor, data) VALUES (NULL, ?, ?, ?, ?, ?, ?)"


class _Tx:
    """A transaction, or the part of one that belongs to one body."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.events: list[NewEvent] = []
        self.acts: list[Callable[[], None]] = []

    def execute(self, query: Query, values: dict[str, Any]) -> apsw.Cursor:
        statement = query.sqlite
        try:
            return self._connection.execute(statement.sql, tuple(values[n] for n in statement.names))
        except apsw.ConstraintError as error:
            if _extended(error) not in NOT_UNIQUE:
                raise
            raise NotUnique(str(error).removeprefix("UNIQUE constraint failed: ")) from error

    async def run(self, query: Query, **values: object) -> int:
        self.execute(query, values)
        return self._connection.changes()

    async def one(self, query: Query, **values: object) -> Row | None:
        rows = self.execute(query, values).fetchall()
        return rows[0] if rows else None

    async def all(self, query: Query, **values: object) -> list[Row]:
        return self.execute(query, values).fetchall()

    def append(self, event: NewEvent) -> None:
        self.events.append(event)

    def after_commit(self, act: Callable[[], None]) -> None:
        self.acts.append(act)

    def write_events(self) -> None:
        for event in self.events:
            actor, data = msgspec.json.encode(event.by), msgspec.json.encode(event.data)
            values = (event.at, event.name, event.operation, event.target, actor.decode(), data.decode())
            self._connection.execute(_EVENT, values)


class _Waiting:
    """Somebody who wants a piece of work done in the next transaction."""

    __slots__ = ("acts", "done", "error", "result", "since", "work")

    def __init__(self, work: "Callable[[_Tx], Any]", done: "asyncio.Future[Any]", since: float) -> None:
        self.work = work
        self.done = done
        self.since = since
        self.result: Any = None
        self.error: BaseException | None = None
        self.acts: list[Callable[[], None]] = []

    def settle(self) -> None:
        loop = asyncio.get_running_loop()
        for act in self.acts if self.error is None else ():
            loop.call_soon(act)
        if self.done.cancelled():
            return
        if self.error is None:
            self.done.set_result(self.result)
        else:
            self.done.set_exception(self.error)


class Sqlite:
    """A database in one file."""

    name = "sqlite"

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._writer: apsw.Connection | None = None
        self._reader: apsw.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: list[_Waiting] = []
        self._scheduled = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._commit_seconds = 0.0
        self._heard: list[Callable[[], None]] = []
        self._version = 0

    # -- the port ------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect, and bring the schema forward."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # Several who create one file at once would wait for each other: SQLite's own locks do not prevent it.
        with self._file.with_name(f"{self._file.name}-opening").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._writer = apsw.Connection(str(self._file))
            self._writer.set_busy_timeout(5000)
            for pragma in PRAGMAS:
                self._writer.execute(pragma)
            self._migrate(self._writer)
        self._writer.set_busy_timeout(0)
        self._reader = apsw.Connection(str(self._file), flags=apsw.SQLITE_OPEN_READONLY)
        self._reader.set_busy_timeout(5000)
        self._thread = ThreadPoolExecutor(1, "commit")

    async def close(self) -> None:
        """Finish what was begun and disconnect."""
        await self._idle.wait()
        if self._thread is not None:
            self._thread.shutdown()
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._thread = self._reader = self._writer = None

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body in a transaction of its own, sharing the commit."""
        return await self._enqueue(lambda tx: _guarded(self._connected(), tx, body))

    async def journal(self, entry: Entry) -> Row | None:
        """Carry out one entry, sharing the commit."""
        return await self._enqueue(lambda tx: _enter(tx, entry))

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body against what is committed now."""
        if self._reader is None:
            raise Unavailable("the database is closed")
        self._reader.execute("BEGIN")
        try:
            return _driven(body(_Tx(self._reader)))
        finally:
            self._reader.execute("COMMIT")

    def listen(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard` soon after any commit."""
        self._heard.append(heard)
        if len(self._heard) == 1:
            self._version = self._data_version()
            asyncio.get_running_loop().call_later(1, self._look)
        return lambda: self._heard.remove(heard)

    # -- batches -------------------------------------------------------------------------------------------

    async def _enqueue(self, work: Callable[[_Tx], T]) -> T:
        loop = asyncio.get_running_loop()
        self._connected()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Waiting(work, done, self._clock.monotonic()))
        self._schedule(0)
        return await done

    def _schedule(self, seconds: float) -> None:
        if self._scheduled or not self._waiting:
            return
        self._scheduled = True
        self._idle.clear()
        loop = asyncio.get_running_loop()
        if seconds:
            loop.call_later(seconds, self._flush)
        else:
            loop.call_soon(self._flush)

    def _flush(self) -> None:
        batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
        try:
            self._connected().execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            self._wait_turn(batch)
            return
        except apsw.Error as error:
            self._end(batch, _told(error))
            return
        try:
            for one in batch:
                _carry_out(self._connected(), one)
        except apsw.Error as error:
            self._one_by_one(batch, error)
            return
        self._commit(batch)

    def _commit(self, batch: list[_Waiting]) -> None:
        if self._commit_seconds < SLOW_COMMIT_SECONDS:
            self._committed(batch, _commit(self._connected()))
            return
        loop = asyncio.get_running_loop()
        assert self._thread is not None
        in_thread = loop.run_in_executor(self._thread, _commit, self._connected())
        in_thread.add_done_callback(lambda future: self._committed(batch, future.result()))

    def _committed(self, batch: list[_Waiting], outcome: float | apsw.Error) -> None:
        if isinstance(outcome, apsw.Error):
            self._one_by_one(batch, outcome)
            return
        self._commit_seconds += 0.2 * (outcome - self._commit_seconds)
        self._end(batch, None)

    def _one_by_one(self, batch: list[_Waiting], error: apsw.Error) -> None:
        """The shared transaction failed: nothing of it was written, and one of the batch is to blame."""
        connection = self._connected()
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if len(batch) == 1:
            self._end(batch, _told(error))
            return
        for one in batch:
            outcome: float | apsw.Error
            try:
                connection.execute("BEGIN IMMEDIATE")
                _carry_out(connection, one)
                outcome = _commit(connection)
            except apsw.Error as its_error:
                outcome = its_error
            if isinstance(outcome, apsw.Error):
                one.error = _told(outcome)
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        self._end(batch, None)

    def _wait_turn(self, batch: list[_Waiting]) -> None:
        """Another process writes: ask again soon, but not for ever."""
        now = self._clock.monotonic()
        late = [one for one in batch if now - one.since > BUSY_SECONDS_MAX]
        self._waiting = [one for one in batch if one not in late] + self._waiting
        for one in late:
            one.error = Unavailable("the database is busy")
            one.settle()
        self._rest(BUSY_PAUSE_SECONDS)

    def _end(self, batch: list[_Waiting], error: BaseException | None) -> None:
        for one in batch:
            if error is not None:
                one.error, one.acts = error, []
            one.settle()
        if error is None:
            for heard in self._heard:
                heard()
        self._rest(0)

    def _rest(self, seconds: float) -> None:
        self._scheduled = False
        self._schedule(seconds)
        if not self._scheduled:
            self._idle.set()

    # -- the file ------------------------------------------------------------------------------------------

    def _connected(self) -> apsw.Connection:
        if self._writer is None:
            raise Unavailable("the database is closed")
        return self._writer

    def _data_version(self) -> int:
        assert self._reader is not None
        return cast(int, self._reader.pragma("data_version"))

    def _look(self) -> None:
        """Other processes' commits give no signal: look once a second whether there were any."""
        if not self._heard or self._reader is None:
            return
        version = self._data_version()
        if version != self._version:
            self._version = version
            for heard in self._heard:
                heard()
        asyncio.get_running_loop().call_later(1, self._look)

    def _migrate(self, connection: apsw.Connection) -> None:
        connection.transaction_mode = "IMMEDIATE"
        with connection:
            connection.execute(migrate.TABLE)
            done = connection.execute("SELECT version, checksum FROM migrations").fetchall()
            for migration in migrate.missing(cast("list[tuple[int, str]]", done)):
                for statement in migration.statements("sqlite"):
                    connection.execute(statement)
                values = (migration.version, migration.name, migration.checksum)
                connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", values)


def _carry_out(connection: apsw.Connection, one: _Waiting) -> None:
    tx = _Tx(connection)
    one.error, one.acts = None, []
    try:
        one.result = one.work(tx)
        one.acts = tx.acts
    except apsw.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a body raises belongs to its caller
        one.error = error


def _guarded(connection: apsw.Connection, tx: _Tx, body: Callable[[Tx], Awaitable[T]]) -> T:
    """The body under a savepoint: what it wrote goes when it raises, and the batch stays whole."""
    connection.execute("SAVEPOINT body")
    try:
        result = _driven(body(tx))
        tx.write_events()
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK TO body")
            connection.execute("RELEASE body")
        raise
    connection.execute("RELEASE body")
    return result


def _enter(tx: _Tx, entry: Entry) -> Row | None:
    rows = tx.execute(entry.query, entry.values).fetchall()
    if not rows:
        return None
    for values in logged(entry):
        tx.execute(LOG, values)
    tx.events = list(entry.events)
    tx.write_events()
    return rows[0]


def _driven(body: Awaitable[T]) -> T:
    """What the body returns. It awaits nothing but its transaction, which never suspends here."""
    coroutine = cast("Coroutine[Any, Any, T]", body)
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    coroutine.close()
    raise AssertionError("a transaction's body awaited something other than its transaction")


def _commit(connection: apsw.Connection) -> float | apsw.Error:
    began = perf_counter()
    try:
        connection.execute("COMMIT")
    except apsw.Error as error:
        return error
    return perf_counter() - began


def _extended(error: apsw.Error) -> int:
    """The extended result code, which the driver's type stubs do not know."""
    return cast(int, getattr(error, "extendedresult", 0))


def _told(error: apsw.Error) -> Exception:
    if isinstance(error, apsw.FullError) or (
        isinstance(error, apsw.IOError) and _extended(error) == apsw.SQLITE_IOERR_WRITE
    ):
        return StorageFull(str(error))
    if isinstance(error, apsw.BusyError):
        return Unavailable("the database is busy")
    return error
