"""What the database port promises when a process is killed or the disk is full, on every engine."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from headway.store.database import Database, StorageFull, Tx
from tests.databases import Databases
from tests.rows import SQL, entry, get, ids, numbered, put, said


@pytest.fixture
async def writing(databases: Databases) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that writes for ever: bodies put node n, entries raise node 1; it prints n when that is on disk."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("writing_process.py")),
        databases.url,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_what_was_acknowledged_survives_kill_9(
    database: Database, databases: Databases, writing: asyncio.subprocess.Process
) -> None:
    await put(database, 1)
    assert writing.stdout
    acknowledged = [await writing.stdout.readline() for _ in range(200)]
    writing.send_signal(signal.SIGKILL)
    acknowledged += (await writing.stdout.read()).splitlines()
    numbers = [line.split() for line in acknowledged if line.strip()]
    bodies = {int(n) for kind, n in numbers if kind == b"body"}
    entries = sum(kind == b"entry" for kind, _ in numbers)

    again = await databases.another()
    there = set(await ids(again)) - {1}
    risen = await get(again, 1) or 0
    assert bodies, "it wrote"
    assert entries, "it wrote"
    assert bodies <= there
    assert entries <= risen
    found = await numbered(again)
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
    assert {int(target) for _, target in found if target} == there, "rows and events: both or neither"
    assert len(found) == len(there) + risen
    await put(again, 0)


@pytest.fixture
def tiny_disk() -> Iterator[Path]:
    """A disk of a megabyte, of which an eighth is taken by a file named `ballast`."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a tiny disk")
    folder = Path(tempfile.mkdtemp(prefix="headway-tiny-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "tiny", folder], check=True)
    (folder / "ballast").write_bytes(bytes(128 * 1024))
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.fixture
async def crowded(databases: Databases, tiny_disk: Path) -> AsyncIterator[Database]:
    """A database whose events are on the tiny disk."""
    if not databases.url.startswith("postgresql:"):
        here = Databases(str(tiny_disk / "headway.db"))
        yield await here.another()
        await here.close()
        return
    (tiny_disk / "space").mkdir()
    shutil.chown(tiny_disk / "space", "nobody", "nogroup")
    connection = await asyncpg.connect(databases.url)
    await connection.execute(f"CREATE TABLESPACE tiny LOCATION '{tiny_disk / 'space'}'")
    await connection.execute("ALTER TABLE events SET TABLESPACE tiny")
    yield await databases.another()
    await databases.close()
    await connection.execute("DROP TABLE events")
    await connection.execute("DROP TABLESPACE tiny")
    await connection.close()


async def test_a_full_disk_is_said_and_harms_nothing_that_was_written(
    crowded: Database, tiny_disk: Path
) -> None:
    async def body(tx: Tx, id: int) -> None:
        await tx.run(SQL["put"], id=id, name=f"node-{id}", at=0)
        tx.append(said(text=secrets.token_hex(4096)))

    async def write(id: int) -> None:
        await crowded.write(lambda tx: body(tx, id))

    async def fill() -> None:
        nonlocal written
        while True:
            await write(written + 1)
            written += 1

    written = 0
    with pytest.raises(StorageFull):
        await fill()
    with pytest.raises(StorageFull):
        await crowded.journal(entry("up", 1, *(said(text=secrets.token_hex(4096)) for _ in range(40))))
    assert await ids(crowded) == list(range(1, written + 1))
    assert await get(crowded, 1) == 0

    (tiny_disk / "ballast").unlink()
    await write(written + 1)
    assert [seq for seq, _ in await numbered(crowded)] == list(range(1, written + 2))
