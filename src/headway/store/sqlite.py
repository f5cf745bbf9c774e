"""SQLite in this process: one writer connection whose commits are shared, one reader.

Statements run on the event loop, where they take microseconds. What may take long is the commit: where the
disk is slow it moves to a thread, and what arrives meanwhile shares the next one. Durable: WAL with
`synchronous=FULL`. Other processes may write to the same file; then this one waits its turn.
"""

import asyncio
import contextlib
import fcntl
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar, cast

import apsw

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store import migrate
from headway.store.database import Entry, Heard, Row, Touched, Tx
from headway.store.sqlite_tx import Pen, SqliteTx, driven, full
from headway.store.touches import Touches

T = TypeVar("T")
Work = Entry | Callable[[Tx], Awaitable[Any]]

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


class _Waiting:
    """Somebody who wants a body or an entry carried out in the next transaction."""

    __slots__ = ("acts", "done", "error", "result", "since", "work")

    def __init__(self, work: Work, done: "asyncio.Future[Any]") -> None:
        self.work = work
        self.done = done
        self.since = 0.0
        """When it first had to wait its turn, if it had to."""
        self.result: Any = None
        self.error: Exception | None = None
        self.acts: Sequence[Callable[[], None]] = ()

    def settle(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell the caller; what is to happen after the commit happens first."""
        if self.error is None:
            for act in self.acts:
                loop.call_soon(act)
            if not self.done.done():
                self.done.set_result(self.result)
        elif not self.done.done():
            self.done.set_exception(self.error)


class Sqlite:
    """A database in one file."""

    name = "sqlite"
    shared = False
    marks = None

    def __init__(self, file: Path, clock: Clock, *, slow_commit_seconds: float = SLOW_COMMIT_SECONDS) -> None:
        self._file = file
        self._clock = clock
        self._slow_commit_seconds = slow_commit_seconds
        self._writer: Pen | None = None
        self._reader: Pen | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._waiting: list[_Waiting] = []
        self._scheduled = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._commit_seconds = 0.0
        self._heard: list[Heard] = []
        self._version = 0
        self._look_due = False

    # -- the port ------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect, and bring the schema forward."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # Several who create one file at once would wait for each other: SQLite's own locks do not prevent it.
        with self._file.with_name(f"{self._file.name}-opening").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._make_private()
            writer = apsw.Connection(str(self._file))
            writer.set_busy_timeout(5000)
            for pragma in PRAGMAS:
                writer.execute(pragma)
            _migrate(writer)
        writer.set_busy_timeout(0)
        reader = apsw.Connection(str(self._file), flags=apsw.SQLITE_OPEN_READONLY)
        reader.set_busy_timeout(5000)
        self._loop = asyncio.get_running_loop()
        self._writer, self._reader = Pen(writer), Pen(reader)
        self._thread = ThreadPoolExecutor(1, "commit")
        if self._heard:
            self._watch()

    def _make_private(self) -> None:
        """Its owner's alone: it holds what apps keep secret. What SQLite writes beside it takes after it."""
        self._file.touch(mode=0o600)
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self._file}{suffix}").chmod(0o600)

    async def close(self) -> None:
        """Finish what was begun and disconnect."""
        await self._idle.wait()
        if self._thread is not None:
            self._thread.shutdown()
        for pen in (self._reader, self._writer):
            if pen is not None:
                pen.connection.close()
        self._thread = self._reader = self._writer = None

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body in a transaction of its own, sharing the commit."""
        return await self._enqueue(body)

    async def journal(self, entry: Entry) -> Row | None:
        """Carry out one entry, sharing the commit."""
        return await self._enqueue(entry)

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body against what is committed now."""
        if self._reader is None:
            raise Unavailable("the database is closed")
        self._reader.say("BEGIN")
        try:
            return driven(body(SqliteTx(self._reader)))
        finally:
            self._reader.say("COMMIT")

    def listen(self, heard: Heard) -> Callable[[], None]:
        """Call `heard` after any commit."""
        self._heard.append(heard)
        if len(self._heard) == 1 and self._writer is not None:
            self._watch()
        return lambda: self._heard.remove(heard)

    # -- batches -------------------------------------------------------------------------------------------

    def _enqueue(self, work: Work) -> "asyncio.Future[Any]":
        self._connected()
        done: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append(_Waiting(work, done))
        if not self._scheduled:
            self._schedule(0)
        return done

    def _schedule(self, seconds: float) -> None:
        if self._scheduled or not self._waiting:
            return
        self._scheduled = True
        self._idle.clear()
        if seconds:
            self._loop.call_later(seconds, self._flush)
        else:
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
        try:
            pen = self._connected()
            pen.say("BEGIN IMMEDIATE")
        except apsw.BusyError:
            self._wait_turn(batch)
            return
        except apsw.Error as error:
            self._end(batch, _told(error))
            return
        try:
            if self._look_due:
                self._notice_others()
            for one in batch:
                _carry_out(pen, one)
        except apsw.Error as error:
            self._one_by_one(batch, error)
            return
        self._commit(batch)

    def _commit(self, batch: list[_Waiting]) -> None:
        if self._commit_seconds < self._slow_commit_seconds:
            self._committed(batch, _commit(self._connected()))
            return
        assert self._thread is not None
        in_thread = self._loop.run_in_executor(self._thread, _commit, self._connected())
        in_thread.add_done_callback(lambda future: self._committed(batch, future.result()))

    def _committed(self, batch: list[_Waiting], outcome: float | apsw.Error) -> None:
        if isinstance(outcome, apsw.Error):
            self._one_by_one(batch, outcome)
            return
        self._commit_seconds += 0.2 * (outcome - self._commit_seconds)
        self._end(batch, None)

    def _one_by_one(self, batch: list[_Waiting], error: apsw.Error) -> None:
        """The shared transaction failed: nothing of it was written, and one of the batch is to blame."""
        pen = self._connected()
        _roll_back(pen)
        if len(batch) == 1:
            self._end(batch, _told(error))
            return
        sure = Touches()
        for one in batch:
            outcome: float | apsw.Error
            try:
                pen.say("BEGIN IMMEDIATE")
                _carry_out(pen, one)
                outcome = _commit(pen)
            except apsw.Error as its_error:
                outcome = its_error
            if isinstance(outcome, apsw.Error):
                one.error = _told(outcome)
                _roll_back(pen)
            sure.add(pen.touches.told())
        pen.touches.add(sure.told())
        self._end(batch, None)

    def _wait_turn(self, batch: list[_Waiting]) -> None:
        """Another process writes: ask again soon, but not for ever."""
        now = self._clock.monotonic()
        for one in batch:
            one.since = one.since or now
        late = [one for one in batch if now - one.since > BUSY_SECONDS_MAX]
        self._waiting = [one for one in batch if one not in late] + self._waiting
        for one in late:
            one.error = Unavailable("the database is busy")
            one.settle(self._loop)
        self._rest(BUSY_PAUSE_SECONDS)

    def _end(self, batch: list[_Waiting], error: Exception | None) -> None:
        if error is None:
            self._tell(self._connected().touches.told())
        for one in batch:
            if error is not None:
                one.error = error
            one.settle(self._loop)
        self._rest(0)

    def _tell(self, touched: Touched | None) -> None:
        for heard in self._heard:
            heard(touched)

    def _rest(self, seconds: float) -> None:
        self._scheduled = False
        self._schedule(seconds)
        if not self._scheduled:
            self._idle.set()

    # -- the file ------------------------------------------------------------------------------------------

    def _connected(self) -> Pen:
        if self._writer is None:
            raise Unavailable("the database is closed")
        return self._writer

    def _data_version(self) -> int:
        """A number that other processes' commits change, and this connection's own do not."""
        return cast(int, self._connected().connection.pragma("data_version"))

    def _watch(self) -> None:
        self._version = self._data_version()
        self._loop.call_later(1, self._look)

    def _look(self) -> None:
        """Other processes' commits give no signal: look once a second whether there were any.

        Where the writer is at work it looks itself: a thread may have its connection now.
        """
        if not self._heard or self._writer is None:
            return
        self._look_due = True
        if not self._scheduled:
            self._notice_others()
        self._loop.call_later(1, self._look)

    def _notice_others(self) -> None:
        self._look_due = False
        version = self._data_version()
        if version != self._version:
            self._version = version
            self._tell(None)


def _carry_out(pen: Pen, one: _Waiting) -> None:
    one.error, one.acts, work = None, (), one.work
    try:
        if isinstance(work, Entry):
            one.result = pen.enter(work)
        else:
            one.result, one.acts = pen.body(work)
    except apsw.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a body raises belongs to its caller
        one.error = error


def _roll_back(pen: Pen) -> None:
    pen.touches.told()
    if pen.connection.in_transaction:
        pen.say("ROLLBACK")


def _commit(pen: Pen) -> float | apsw.Error:
    began = perf_counter()
    try:
        pen.say("COMMIT")
    except apsw.Error as error:
        return error
    return perf_counter() - began


def _told(error: apsw.Error) -> Exception:
    if isinstance(error, apsw.BusyError):
        return Unavailable("the database is busy")
    return full(error) or error


def _migrate(connection: apsw.Connection) -> None:
    connection.transaction_mode = "IMMEDIATE"
    with connection:
        connection.execute(migrate.TABLE)
        done = connection.execute("SELECT version, checksum FROM migrations").fetchall()
        for migration in migrate.missing(cast("list[tuple[int, str]]", done)):
            for statement in migration.statements("sqlite"):
                connection.execute(statement)
            values = (migration.version, migration.name, migration.checksum)
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", values)
