"""Connections to PostgreSQL: its errors in our words, and transactions that are committed exactly once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store.database import NotUnique, StorageFull

Connection = PoolConnectionProxy
Own = asyncpg.Connection
"""A connection of the caller's own."""
T = TypeVar("T")
Sealed = tuple[T, str | None]
"""What came of a transaction, and its number where it wrote anything."""

READERS = 4
WRITERS = 2
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS_MAX = 1.0
STATEMENT_SECONDS = 10.0
CONNECT_SECONDS = 5
CLOSE_SECONDS = 2
STATEMENTS_CACHED = 1000
SETTINGS = {
    "application_name": "headway",
    # A process that is stopped in a transaction must not stop the others: they wait for its locks.
    # Under half of what the shortest sensible lease lasts, so that it stops no renewal either.
    "idle_in_transaction_session_timeout": "2000",
    "default_transaction_isolation": "read committed",
    # Plans are made once, some of them while a table is still empty, and kept while it grows: each statement has an
    # index that it is to use, and each join finds the rows of one side by it.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
}
ONLY_READS = {"default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on"}
_BEGIN_AGAIN = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,
    # The driver's word for a connection that the server ended while nobody used it.
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_SILENT = (asyncpg.InternalClientError, TimeoutError)
ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)


class Lost(Exception):
    """The connection broke, or this transaction had to give way: nothing of it was written; begin again."""


def told(error: Exception, connection: "Connection | asyncpg.Connection | None" = None) -> Exception:
    """An error of the driver in our words, as it is where we have none; on a connection that is no more it is Lost."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return NotUnique(str(getattr(error, "constraint_name", "")))
    if isinstance(error, asyncpg.DiskFullError):
        return StorageFull(str(error))
    if isinstance(error, _BEGIN_AGAIN) or (connection is not None and _gone(connection)):
        return Lost(str(error))
    return error


def _gone(connection: Connection | asyncpg.Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it away
        return True


def _not_connected(error: Exception) -> Exception:
    lost = told(error)
    return lost if isinstance(lost, Lost) else Unavailable(f"the database cannot be reached: {error}")


async def say(connection: Connection, statements: str, *, seconds: float = STATEMENT_SECONDS) -> None:
    """Carry out statements without values, in one round trip; Lost where they take longer than `seconds`."""
    try:
        await connection.execute(statements, timeout=seconds)
    except ERRORS as error:
        raise told(error, connection) from error


class Link:
    """A few connections to one database, made when needed and made again when they break."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._pools: list[asyncpg.Pool] = []

    async def open(self) -> None:
        """Make ready to connect."""
        self._pools = [await self._pool(WRITERS, {}), await self._pool(READERS, ONLY_READS)]

    async def close(self) -> None:
        """Disconnect; twice is fine."""
        pools, self._pools = self._pools, []
        for pool in pools:
            # Where the server does not take leave in time, the pool drops its connections.
            with suppress(*ERRORS):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await pool.close()

    async def connect(self) -> Own:
        """A connection of the caller's own; Lost where there is none to be had now."""
        try:
            return await asyncpg.connect(
                self._url,
                server_settings=SETTINGS,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
            )
        except ERRORS as error:
            raise _not_connected(error) from error

    async def commit_once(self, begin: str, work: Callable[[Connection], Awaitable[Sealed[T]]]) -> T:
        """Begin, work and commit, again where the connection breaks, until it is committed exactly once.

        Unavailable where the database has not answered for ten seconds.
        """
        async for _ in self._attempts():
            with suppress(Lost):
                return await self._commit(begin, work)
        raise Unavailable("the database does not answer")

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Work on a connection that cannot write, again where it breaks."""
        async for _ in self._attempts():
            with suppress(Lost):
                async with self._connection(to_write=False) as connection:
                    return await work(connection)
        raise Unavailable("the database does not answer")

    async def _commit(self, begin: str, work: Callable[[Connection], Awaitable[Sealed[T]]]) -> T:
        sealed: Sealed[T] | None = None
        try:
            async with self._connection() as connection:
                await say(connection, begin)
                sealed = await work(connection)
                await say(connection, "COMMIT")
        except Lost:
            if sealed is None or not await self._is_committed(sealed[1]):
                raise
        return sealed[0]

    async def _is_committed(self, number: str | None) -> bool:
        """The answer to a COMMIT was lost: ask the server what became of it, so that it is not done twice."""
        if number is None:
            return True
        async for _ in self._attempts():
            with suppress(Lost):
                async with self._connection() as connection:
                    status = await connection.fetchval("SELECT pg_xact_status($1::text::xid8)", number)
                if status != "in progress":
                    return status == "committed"
        raise Unavailable("the database does not answer; whether the change was kept is not known")

    async def _attempts(self) -> AsyncIterator[None]:
        yield
        until, pause = self._clock.monotonic() + PATIENCE_SECONDS, 0.01
        while self._clock.monotonic() < until:
            await self._clock.sleep(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)
            yield

    @asynccontextmanager
    async def _connection(self, *, to_write: bool = True) -> AsyncGenerator[Connection]:
        """One of the writers' connections, or of the readers'; what is open on it at the end is rolled back."""
        if not self._pools:
            raise Unavailable("the database is closed")
        pool = self._pools[0 if to_write else 1]
        try:
            connection = await pool.acquire()
        except ERRORS as error:
            raise _not_connected(error) from error
        try:
            yield connection
        except ERRORS as error:
            raise told(error, connection) from error
        except Lost as lost:
            if isinstance(lost.__cause__, _SILENT):
                # To the driver it is open: the pool would ask it to roll back, and hand it out again.
                connection.terminate()
            raise
        except asyncio.CancelledError:
            # The pool would wait for the server to take note, which may not answer.
            connection.terminate()
            raise
        finally:
            with suppress(*ERRORS):
                if connection.is_in_transaction():
                    await connection.execute("ROLLBACK")
            with suppress(*ERRORS):
                await pool.release(connection)

    async def _pool(self, size: int, settings: dict[str, str]) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=size,
            max_inactive_connection_lifetime=0,
            timeout=CONNECT_SECONDS,
            command_timeout=STATEMENT_SECONDS,
            statement_cache_size=STATEMENTS_CACHED,
            max_cached_statement_lifetime=0,
            server_settings=SETTINGS | settings,
            init=_numbers_as_sqlite_has_them,
            reset=_nothing_to_reset,
        )


async def _numbers_as_sqlite_has_them(connection: asyncpg.Connection) -> None:
    """`sum` of whole numbers is NUMERIC here."""
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=_number)


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


async def _nothing_to_reset(connection: Connection) -> None:
    """No statement of ours leaves anything on a connection but a transaction, which the pool rolls back."""
