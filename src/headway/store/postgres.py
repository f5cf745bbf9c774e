"""PostgreSQL, for several machines: few round trips, many callers in each.

`write` and `journal` each have a line of callers whose work shares a transaction. Bodies run under an advisory
lock, so one after another across all processes; journal entries hold that lock together, so they run beside
each other but never beside a body. Each thing's rows are locked in one order, and the events' counter last of all.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from headway.clock import Clock
from headway.errors import Unavailable
from headway.model.operations import NewEvent
from headway.store import migrate, postgres_journal
from headway.store.database import Entry, Heard, Row, Tx
from headway.store.marks import Marks
from headway.store.operations import logged
from headway.store.postgres_bell import Bell
from headway.store.postgres_journal import arrays, groups, hits
from headway.store.postgres_line import Line, Waiting
from headway.store.postgres_link import ERRORS, Connection, Link, Lost, Sealed, say, told
from headway.store.postgres_marks import PostgresMarks
from headway.store.postgres_read import Reads
from headway.store.postgres_tx import BODY, Log, PostgresTx, Unsaved, arguments, seal
from headway.store.touches import Touches

T = TypeVar("T")
Body = Callable[[Tx], Awaitable[Any]]

BODIES_MAX = 100
MIGRATION_SECONDS = 3600.0
_LOCK = 0x68656164776179  # "headway"
_ALONE = f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK})"
_TOGETHER = f"BEGIN; SELECT pg_advisory_xact_lock_shared({_LOCK})"


class Postgres:
    """A database on a PostgreSQL server, shared by any number of processes."""

    name = "postgres"
    shared = True

    def __init__(self, url: str, clock: Clock) -> None:
        self._link = Link(url, clock)
        self.marks: Marks = PostgresMarks(self._link, clock)
        self._reads = Reads(self._link)
        self._bell = Bell(self._link, clock)
        self._bodies: Line[Body] = Line(self._carry_out, lambda bodies: [True] * len(bodies), BODIES_MAX)
        self._entries: Line[Entry] = Line(self._enter, postgres_journal.choose, postgres_journal.BATCH_MAX)
        self._serving: asyncio.Task[None] | None = None
        self._closing = False

    # -- the port ------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect, and bring the schema forward."""
        await self._link.open()
        await self._link.commit_once(_ALONE, _migrate)
        # Not in a group: it lives from here to `close`, which is no one scope. What its parts raise, they survive.
        self._serving = asyncio.get_running_loop().create_task(self._serve(), name="postgres")

    async def close(self) -> None:
        """Finish what was begun and disconnect."""
        self._closing = True
        await self._bodies.idle()
        await self._entries.idle()
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])
        await self.marks.drop()
        await self._link.close()

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body in a transaction of its own, sharing the commit."""
        return await self._open(self._bodies).join(body)

    async def journal(self, entry: Entry) -> Row | None:
        """Carry out one entry, sharing the commit."""
        return await self._open(self._entries).join(entry)

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the body against what is committed now."""
        return await self._reads.read(body)

    def listen(self, heard: Heard) -> Callable[[], None]:
        """Call `heard` after any commit."""
        return self._bell.listen(heard)

    # -- carrying out --------------------------------------------------------------------------------------

    def _open(self, line: Line[Any]) -> Line[Any]:
        if self._closing or self._serving is None or self._serving.done():
            raise Unavailable("the database is closed")
        return line

    async def _serve(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for serve in (self._bodies.serve, self._entries.serve, self._bell.serve):
                    group.create_task(serve())
        finally:
            self._bodies.end()
            self._entries.end()

    async def _carry_out(self, batch: list[Waiting[Body]]) -> None:
        touches = Touches()
        try:
            await self._link.commit_once(_ALONE, lambda it: _run_all(it, batch, touches, saved=False))
        except Unsaved:
            begin = f"{_ALONE}; SAVEPOINT {BODY}"
            await self._link.commit_once(begin, lambda it: _run_all(it, batch, touches, saved=True))
        self._bell.ring(touches.told())

    async def _enter(self, batch: list[Waiting[Entry]]) -> None:
        touches = Touches()

        async def work(connection: Connection) -> Sealed[None]:
            touches.told()
            entries = [one.work for one in batch]
            for places in groups(entries):
                rows = await _statement(connection, [entries[place] for place in places])
                for place, row in zip(places, rows, strict=True):
                    batch[place].result = row
            hit = [one.work for one in batch if one.result is not None]
            events = [event for entry in hit for event in entry.events]
            log = [piece for it in hit for piece in logged(cast(int, it.values["id"]), it.log)]
            touches.at(events)
            return None, await seal(connection, events, log)

        await self._link.commit_once(_TOGETHER, work)
        self._bell.ring(touches.told())


async def _run_all(
    connection: Connection, batch: list[Waiting[Body]], touches: Touches, *, saved: bool
) -> Sealed[None]:
    """Bodies, one after another. Hardly ever is anything taken back, so they first go without savepoints."""
    events: list[NewEvent] = []
    log: Log = []
    touches.told()
    for one in batch:
        tx = await _run(connection, one, touches, saved=saved, alone=len(batch) == 1)
        if tx is not None:
            events += tx.events
            log += tx.log
        if saved and one is not batch[-1]:
            await say(connection, f"RELEASE {BODY}; SAVEPOINT {BODY}")
    touches.at(events)
    return None, await seal(connection, events, log)


async def _run(
    connection: Connection, one: Waiting[Body], touches: Touches, *, saved: bool, alone: bool
) -> PostgresTx | None:
    """One body, and what it leaves for the end; None for one that raises, which leaves nothing behind."""
    one.begin_again()
    tx = PostgresTx(connection, touches, savepoints=saved)
    try:
        one.result = await one.work(tx)
        if tx.broken is not None:
            raise tx.broken
    except (Lost, Unsaved):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a body raises belongs to its caller
        one.error = error
        await _take_back(connection, tx, saved=saved, alone=alone)
        return None
    one.acts = tx.acts
    return tx


async def _take_back(connection: Connection, tx: PostgresTx, *, saved: bool, alone: bool) -> None:
    """What a body did that has raised. With savepoints that harms no other; alone it has no other."""
    if saved:
        await say(connection, f"ROLLBACK TO {BODY}")
    elif tx.broken is not None:
        raise tx.broken
    elif tx.changed and alone:
        await say(connection, "ROLLBACK; BEGIN")
    elif tx.changed:
        raise Unsaved


async def _statement(connection: Connection, entries: list[Entry]) -> list[Row | None]:
    """Entries of one kind in one round trip, where their sheet is written for it."""
    statement = entries[0].query.postgres
    try:
        if statement.many:
            rows = await connection.fetch(statement.sql, *arrays(entries))
            return hits(entries, [tuple(row) for row in rows])
        found = [await connection.fetchrow(statement.sql, *arguments(it.query, it.values)) for it in entries]
        return [None if row is None else tuple(row) for row in found]
    except ERRORS as error:
        raise told(error, connection) from error


async def _migrate(connection: Connection) -> Sealed[None]:
    await say(connection, migrate.TABLE)
    done = [tuple(row) for row in await connection.fetch("SELECT version, checksum FROM migrations")]
    for migration in migrate.missing(done):
        for statement in migration.statements("postgres"):
            await say(connection, statement, seconds=MIGRATION_SECONDS)
        values = (migration.version, migration.name, migration.checksum)
        await connection.execute("INSERT INTO migrations VALUES ($1, $2, $3)", *values)
    return None, await seal(connection, [], [])
