"""Connections that break, and servers that go away: each transaction is committed exactly once."""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from headway.clock import SystemClock
from headway.errors import Unavailable
from headway.store import operations
from headway.store.postgres import Postgres
from headway.store.postgres_link import Link
from tests.databases import Server
from tests.rows import entry, epoch, said, state, up_and_say


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
    async def laid(self, postgres_url: str) -> AsyncIterator[str]:
        """The URL of the database at the other end."""
        with TemporaryDirectory(prefix="headway-cable-") as folder:
            listener = await asyncio.start_unix_server(self._carry, Path(folder) / ".s.PGSQL.5432")
            async with listener:
                yield f"postgresql://postgres@{urlsplit(postgres_url).path}?host={folder}"
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
async def far(cable: Cable, postgres_url: str, postgres: Postgres) -> AsyncIterator[Postgres]:
    """The same database, at the end of a cable."""
    async with cable.laid(postgres_url) as far_url:
        far = Postgres(far_url, SystemClock())
        await far.open()
        yield far
        await far.close()


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("word", [b"COMMIT", b"event_counter", b"xact_lock("])
async def test_a_body_is_written_exactly_once_wherever_the_connection_breaks(
    far: Postgres, cable: Cable, where: str, word: bytes
) -> None:
    cable.cut = _once(where, word)
    assert await far.write(up_and_say) == (1, 1)
    assert cable.cuts == 1
    assert await state(far) == (1, [1])


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("word", [b"COMMIT", b"event_counter", b"lock_shared"])
async def test_an_entry_is_written_exactly_once_wherever_the_connection_breaks(
    far: Postgres, cable: Cable, where: str, word: bytes
) -> None:
    cable.cut = _once(where, word)
    assert await far.journal(entry("up", 1, said())) == (1, 1)
    assert cable.cuts == 1
    assert await state(far) == (1, [1])


async def test_a_read_is_repeated_when_the_connection_breaks(far: Postgres, cable: Cable) -> None:
    cable.cut = _once("before", b"SELECT epoch")
    assert await far.read(epoch) == 0
    assert cable.cuts == 1


async def test_what_waits_is_refused_when_the_database_stays_away(
    far: Postgres, cable: Cable, postgres_url: str
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


async def test_a_restart_of_the_server_is_waited_for(mortal: Server, postgres: Postgres) -> None:
    await postgres.write(up_and_say)
    mortal.stop()
    async with asyncio.TaskGroup() as group:
        body = group.create_task(postgres.write(up_and_say))
        raised = group.create_task(postgres.journal(entry("up", 1, said())))
        read = group.create_task(postgres.read(epoch))
        await asyncio.sleep(0)
        await asyncio.to_thread(mortal.start)
    assert {body.result(), raised.result()} == {(1, 2), (1, 3)}
    assert read.result() >= 1
    assert await state(postgres) == (3, [1, 2, 3])


async def test_a_missing_database_is_said_in_words(server: Server) -> None:
    database = Postgres(server.url(f"missing_{secrets.token_hex(4)}"), SystemClock())
    with pytest.raises(Unavailable, match="does not exist"):
        await database.open()
    await database.close()


@pytest.mark.parametrize("name", ["step_done", "step_again", "turn_back", "step_undone", "finish", "advance"])
async def test_a_plan_made_before_there_was_any_row_finds_rows_by_id(postgres_url: str, name: str) -> None:
    connection = await Link(postgres_url, SystemClock()).connect()
    statement = operations.SQL[name].postgres
    nothing = ", ".join("'{}'" for _ in statement.names)
    await connection.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE it AS {statement.sql}")
    rows = await connection.fetch(f"EXPLAIN EXECUTE it ({nothing})")
    await connection.close()
    plan = "\n".join(row[0] for row in rows)
    assert "Index Scan using operations_pkey on operations" in plan
    assert "operations_open" not in plan
