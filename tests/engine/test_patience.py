"""A full disk or a database that is away is waited for."""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.engine.patience import insist
from headway.errors import Conflict, Unavailable
from headway.model.operations import NewEvent, Phase
from headway.store.database import Database, StorageFull, Tx
from headway.store.sqlite import Sqlite
from tests.engine.folding import check
from tests.engine.nodes import Node, ended, running
from tests.engine.plays import QuickClock, Stage, history, row


async def test_it_asks_again_until_it_gets_an_answer() -> None:
    troubles: list[Exception] = [Unavailable("away"), StorageFull("full"), Unavailable("away")]

    async def act() -> str:
        if troubles:
            raise troubles.pop()
        return "done"

    clock = QuickClock()
    assert await insist(clock, act) == "done"
    assert clock.slept == [0.5] * 3


async def test_what_was_asked_already_is_asked_again_after_a_pause() -> None:
    async def act() -> str:
        return "done"

    clock = QuickClock()
    assert await insist(clock, act, Unavailable("away")) == "done"
    assert clock.slept == [0.5]


async def test_a_refusal_is_an_answer() -> None:
    async def act() -> None:
        raise Conflict("no")

    with pytest.raises(Conflict):
        await insist(QuickClock(), act)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a tiny disk")
    folder = tmp_path / "tiny"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0777", "tiny", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
async def crowded(tiny_disk: Path) -> AsyncIterator[Database]:
    database = Sqlite(tiny_disk / "headway.db", SystemClock())
    await database.open()
    yield database
    (tiny_disk / "ballast").unlink(missing_ok=True)
    await database.close()


async def fill(database: Database, disk: Path) -> None:
    """Take what is left of the disk, and of the pages that the database has already."""
    with (disk / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(4096))

    async def body(tx: Tx) -> None:
        tx.append(NewEvent(at=1, name="test.filler", data={"text": "x" * 2000}))

    with contextlib.suppress(StorageFull):
        while True:
            await database.write(body)


async def test_an_operation_waits_for_space_and_finishes(crowded: Database, tiny_disk: Path) -> None:
    stage = Stage()
    async with running(node := Node(crowded, stage, "a:hold b:say c")):
        it = await node.submit("a:hold b:say c")
        await stage.reached["a"].wait()
        await fill(crowded, tiny_disk)
        stage.gates["a"].set()
        with pytest.raises(StorageFull):
            await node.submit("a:hold b:say c", "thing:2")
        assert (await row(crowded, it.id)).phase is Phase.RUNNING
        (tiny_disk / "ballast").unlink()
        after = await ended(crowded, it.id)
    assert after.phase is Phase.SUCCEEDED
    assert stage.happened == ["a:do", "b:do", "c:do"]
    check(after, await history(crowded, it.id))


async def test_a_node_that_starts_on_a_full_disk_works_when_there_is_space(
    crowded: Database, tiny_disk: Path
) -> None:
    stage = Stage()
    await fill(crowded, tiny_disk)
    node = Node(crowded, stage, "a")
    starting = asyncio.ensure_future(node.start())
    await asyncio.wait([starting], timeout=0.2)
    assert not starting.done()
    (tiny_disk / "ballast").unlink()
    await starting
    assert (await ended(crowded, (await node.submit("a")).id)).phase is Phase.SUCCEEDED
    await node.stop()
