"""The power goes in mid-write, on SQLite: what was acknowledged is there, and goes on."""

import asyncio
import os
import sys
from pathlib import Path

import apsw
import msgspec
import pytest

from headway.model.operations import Phase
from headway.store.database import Database
from tests.databases import Databases
from tests.engine.folding import by_operation, check, check_all
from tests.faults.figures import Figures
from tests.faults.power_process import Known
from tests.faults.work import END_SECONDS, Engine, all_is_well, everything

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
CUTS = 40
GO_ON = 4
"""In so many images the engine goes on to the end."""


async def cut(folder: Path, synchronous: str, seed: int) -> list[Path]:
    """Let a process lose its power often; what it left each time."""
    program = Path(__file__).with_name("power_process.py")
    arguments = (str(program), str(folder), synchronous, str(seed), str(CUTS))
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    images = sorted(folder.glob("cut-*"))
    assert len(images) == CUTS
    return images


async def lost(image: Path, database: Database) -> tuple[int, dict[str, int]]:
    """How many acknowledgements there were, and how many of each kind the image knows nothing of."""
    known = msgspec.json.decode((image / "known.json").read_bytes(), type=Known)
    rows, events = await everything(database)
    steps = {(it.operation, it.data["step"]) for it in events if it.name == "operation.step_done"}
    ended = {id for id, it in rows.items() if it.phase is Phase.SUCCEEDED}
    check_all(events, set(rows))
    histories = by_operation(events)
    for id, it in rows.items():
        check(it, histories[id])
    told = len(known.operations) + len(known.steps) + len(known.ended)
    return told, {
        "operations": len(set(known.operations) - set(rows)),
        "steps": len(set(known.steps) - steps),
        "ends": len(set(known.ended) - ended),
    }


async def all_lost(images: list[Path]) -> tuple[int, dict[str, int]]:
    """The same over all images; each is whole, and consistent."""
    told, missing = 0, {"operations": 0, "steps": 0, "ends": 0}
    for image in images:
        with apsw.Connection(str(image / "headway.db")) as connection:
            assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
        connection.close()
        databases = Databases(str(image / "headway.db"))
        its, gone = await lost(image, await databases.another())
        await databases.close()
        told += its
        missing = {kind: missing[kind] + gone[kind] for kind in missing}
    return told, missing


async def test_nothing_that_was_acknowledged_is_lost_and_it_goes_on(tmp_path: Path, figures: Figures) -> None:
    images = await cut(tmp_path, "FULL", seed=1)
    told, missing = await all_lost(images)
    assert missing == {"operations": 0, "steps": 0, "ends": 0}
    for image in images[:: CUTS // GO_ON]:
        databases = Databases(str(image / "headway.db"))
        database = await databases.another()
        async with Engine(database).at_work():
            await all_end(database)
        all_is_well(*await everything(database))
        await databases.close()
    figures.say("power loss, synchronous=FULL", cuts=CUTS, acknowledged=told, **missing)


async def test_less_than_full_durability_is_seen_to_lose_something(tmp_path: Path, figures: Figures) -> None:
    told, missing = await all_lost(await cut(tmp_path, "NORMAL", seed=1))
    assert min(missing.values()) > 0, "the test is able to see a loss"
    figures.say("power loss, synchronous=NORMAL", cuts=CUTS, acknowledged=told, **missing)


async def all_end(database: Database) -> None:
    """Return when no operation is left that has not ended."""
    changed = asyncio.Event()
    end = database.listen(lambda _: changed.set())
    async with asyncio.timeout(END_SECONDS):
        while True:
            changed.clear()
            rows, _ = await everything(database)
            if all(it.phase.terminal for it in rows.values()):
                break
            await changed.wait()
    end()
