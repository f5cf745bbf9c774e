"""PostgreSQL alone: broken connections, restarts, deadlocks and snapshots."""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg
import pytest

from headway.clock import SystemClock
from headway.errors import Unavailable
from headway.model.operations import NewEvent
from headway.store import events
from headway.store.database import Entry, Row, Tx
from headway.store.postgres import Postgres
from headway.store.sheets import parsed
from tests.databases import Databases, Server, fresh

HEARD_SECONDS = 10
SQL = parsed(
    "test",
    """
-- name: put
INSERT INTO nodes (id, name, epoch, lease_until) VALUES (:id, :name, 0, 0)
-- name: up
-- only: sqlite
UPDATE nodes SET epoch = epoch + 1 WHERE id = :id RETURNING id, epoch
-- only: postgres, many
UPDATE nodes SET epoch = nodes.epoch + 1 FROM unnest(:id::int[]) AS given (id)
WHERE nodes.id = given.id RETURNING nodes.id, nodes.epoch
-- all
-- name: up_one
UPDATE nodes SET epoch = epoch + 1 WHERE id = :id RETURNING id, epoch
-- name: get
SELECT epoch FROM nodes WHERE id = :id
-- name: wrong
SELECT 1 / 0
""",
)
UP = Entry(query=SQL["up"], values={"id": 1}, events=(NewEvent(at=1, name="test.up"),), touches=1)


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    async with fresh(server) as url:
        yield url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Postgres]:
    """A database with the nodes 1 and 2."""
    databases = Databases(url)
    database = await databases.another()
    assert isinstance(database, Postgres)
    await database.write(_put)
    yield database
    await databases.close()


@pytest.fixture
async def stranger(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's connection."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def _put(tx: Tx) -> None:
    for id in (1, 2):
        await tx.run(SQL["put"], id=id, name=f"node-{id}")


async def _up(tx: Tx) -> Row | None:
    tx.append(NewEvent(at=1, name="test.up"))
    return await tx.one(SQL["up_one"], id=1)


async def _get(tx: Tx) -> int:
    row = await tx.one(SQL["get"], id=1)
    assert row is not None
    return row[0]


async def _state(database: Postgres) -> tuple[int, list[int]]:
    """How often node 1 was raised, and the numbers of the events that say so."""
    return await database.read(_get), [
        event.seq for event in await database.read(lambda tx: events.after(tx, 0))
    ]


# -- broken connections --------------------------------------------------------------------------------------


class Cable:
    """A cable to the server, and what may happen to it: `cut` is asked about each piece that a client sends.

    `cut` says "before" to lose the piece, "after" to lose the server's answer to it, "" to let it pass.
    """

    def __init__(self, server: Server) -> None:
        self._server_socket = server.folder / ".s.PGSQL.5432"
        self.cut: Callable[[bytes], str] = lambda _: ""
        self.cuts = 0
        self._open = 0
        self._changed = asyncio.Event()

    @contextlib.asynccontextmanager
    async def laid(self, url: str) -> AsyncIterator[str]:
        """The URL of the database at the other end."""
        with TemporaryDirectory(prefix="headway-cable-") as folder:
            listener = await asyncio.start_unix_server(self._carry, Path(folder) / ".s.PGSQL.5432")
            async with listener:
                yield f"postgresql://postgres@{urlsplit(url).path}?host={folder}"
            while self._open:
                self._changed.clear()
                await self._changed.wait()

    async def _carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._open += 1
        server, to_server = await asyncio.open_unix_connection(self._server_socket)
        with contextlib.suppress(OSError):
            answers = asyncio.ensure_future(self._answer(server, to_client))
            if await self._send(client, to_server) == "after":
                answers.cancel()
                await asyncio.wait([answers])
                await server.read(1)
            answers.cancel()
            await asyncio.wait([answers])
        for end in (to_server, to_client):
            end.close()
            with contextlib.suppress(OSError):
                await end.wait_closed()
        self._open -= 1
        self._changed.set()

    async def _send(self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> str:
        while data := await client.read(1 << 16):
            what = self.cut(data)
            self.cuts += bool(what)
            if what != "before":
                to_server.write(data)
            if what:
                return what
        return ""

    async def _answer(self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while data := await server.read(1 << 16):
            to_client.write(data)
        to_client.close()


def _once(where: str, word: bytes) -> Callable[[bytes], str]:
    """Cut where a client first sends the word."""
    first = itertools.chain([where], itertools.repeat(""))
    return lambda data: next(first) if word in data else ""


@pytest.fixture
async def cable(server: Server) -> Cable:
    return Cable(server)


@pytest.fixture
async def far(cable: Cable, url: str, database: Postgres) -> AsyncIterator[Postgres]:
    """The same database, at the end of a cable."""
    async with cable.laid(url) as far_url:
        far = Postgres(far_url, SystemClock())
        await far.open()
        yield far
        await far.close()


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("word", [b"COMMIT", b"event_counter", b"SAVEPOINT body"])
async def test_a_body_is_written_exactly_once_wherever_the_connection_breaks(
    far: Postgres, cable: Cable, where: str, word: bytes
) -> None:
    cable.cut = _once(where, word)
    assert await far.write(_up) == (1, 1)
    assert cable.cuts == 1
    assert await _state(far) == (1, [1])


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("word", [b"COMMIT", b"event_counter", b"lock_shared"])
async def test_an_entry_is_written_exactly_once_wherever_the_connection_breaks(
    far: Postgres, cable: Cable, where: str, word: bytes
) -> None:
    cable.cut = _once(where, word)
    assert await far.journal(UP) == (1, 1)
    assert cable.cuts == 1
    assert await _state(far) == (1, [1])


async def test_a_read_is_repeated_when_the_connection_breaks(far: Postgres, cable: Cable) -> None:
    cable.cut = _once("before", b"SELECT epoch")
    assert await far.read(_get) == 0
    assert cable.cuts == 1


async def test_what_waits_is_refused_when_the_database_stays_away(
    far: Postgres, cable: Cable, url: str
) -> None:
    cable.cut = lambda _: "before"
    hurried = Postgres(far._link._url, HurriedClock())
    with pytest.raises(Unavailable):
        await hurried.open()
    await hurried.close()
    cable.cut = lambda _: ""


class HurriedClock(SystemClock):
    """Lets time pass without waiting for it."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.slept

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        await asyncio.sleep(0)


# -- restarts ------------------------------------------------------------------------------------------------


async def test_a_restart_of_the_server_is_waited_for(server: Server, database: Postgres) -> None:
    heard = asyncio.Event()
    database.listen(heard.set)
    await database.write(_up)
    server.stop()
    async with asyncio.TaskGroup() as group:
        body, entry = group.create_task(database.write(_up)), group.create_task(database.journal(UP))
        read = group.create_task(database.read(_get))
        await asyncio.sleep(0)
        await asyncio.to_thread(server.start)
    assert {body.result(), entry.result()} == {(1, 2), (1, 3)}
    assert read.result() >= 1
    assert await _state(database) == (3, [1, 2, 3])


async def test_others_are_heard_again_after_a_restart(server: Server, database: Postgres, url: str) -> None:
    server.stop()
    server.start()
    other = Postgres(url, SystemClock())
    await other.open()
    heard = asyncio.Event()
    database.listen(heard.set)
    await other.write(_up)
    await asyncio.wait_for(heard.wait(), HEARD_SECONDS)
    await other.close()


# -- giving way ----------------------------------------------------------------------------------------------


async def test_a_body_that_is_deadlocked_begins_again(
    database: Postgres, stranger: asyncpg.Connection
) -> None:
    attempts = 0
    waits = asyncio.Event()

    async def body(tx: Tx) -> None:
        nonlocal attempts
        attempts += 1
        await tx.run(SQL["up_one"], id=2)
        asyncio.get_running_loop().call_soon(waits.set)
        await tx.run(SQL["up_one"], id=1)

    lock = stranger.transaction()
    await lock.start()
    await stranger.execute("UPDATE nodes SET epoch = 10 WHERE id = 1")
    async with asyncio.TaskGroup() as group:
        group.create_task(database.write(body))
        await waits.wait()
        await _waiting_for_a_lock(stranger)
        await stranger.execute("UPDATE nodes SET epoch = 10 WHERE id = 2")
        await lock.commit()
    assert attempts == 2
    assert await database.read(_get) == 11


async def _waiting_for_a_lock(connection: asyncpg.Connection) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(HEARD_SECONDS):
        while not await connection.fetchval(query):
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_a_process_that_stops_in_a_body_does_not_stop_the_others(database: Postgres, url: str) -> None:
    other = Postgres(url, SystemClock())
    await other.open()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def body(tx: Tx) -> Row | None:
        row = await _up(tx)
        begun.set()
        await go_on.wait()
        return await tx.one(SQL["up_one"], id=row[0] if row else 0)

    async with asyncio.TaskGroup() as group:
        stopped = group.create_task(other.write(body))
        await begun.wait()
        assert await database.write(_up) == (1, 1)
        go_on.set()
    assert stopped.result() == (1, 3)
    await other.close()


# -- bodies --------------------------------------------------------------------------------------------------


async def test_a_read_sees_one_snapshot(database: Postgres) -> None:
    async def body(tx: Tx) -> tuple[int, int]:
        before = await _get(tx)
        await database.write(_up)
        return before, await _get(tx)

    assert await database.read(body) == (0, 0)


async def test_a_body_that_swallows_an_error_of_the_database_is_refused(database: Postgres) -> None:
    async def body(tx: Tx) -> None:
        await _up(tx)
        with contextlib.suppress(asyncpg.DivisionByZeroError):
            await tx.one(SQL["wrong"])

    outcomes = await asyncio.gather(database.write(_up), database.write(body), return_exceptions=True)
    assert outcomes[0] == (1, 1)
    assert isinstance(outcomes[1], asyncpg.DivisionByZeroError)
    assert await _state(database) == (1, [1])


async def test_other_processes_are_told_once_for_many_commits(
    database: Postgres, stranger: asyncpg.Connection
) -> None:
    told: list[str] = []
    heard = asyncio.Event()

    def hear(*_: object) -> None:
        told.append("")
        heard.set()

    await stranger.add_listener("headway", hear)
    await asyncio.gather(
        *(database.write(_up) for _ in range(200)), *(database.journal(UP) for _ in range(20))
    )
    await asyncio.wait_for(heard.wait(), HEARD_SECONDS)
    assert len(told) <= 22


async def test_a_missing_database_is_said_in_words(server: Server) -> None:
    database = Postgres(server.url(f"missing_{secrets.token_hex(4)}"), SystemClock())
    with pytest.raises(Unavailable, match="does not exist"):
        await database.open()
    await database.close()
