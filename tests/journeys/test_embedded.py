"""The tutorial of an engine within a service of one's own, step by step as it stands there: with a real kill -9."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "embed" / "service.py"
TUTORIAL = ROOT / "docs" / "tutorial" / "embed.md"
LINES_MAX = 60
SECONDS = 120
HOLDING = """
import asyncio, os, sys

sleep = asyncio.sleep


async def held(seconds, *more):
    caller = sys._getframe(1)
    if caller.f_globals["__name__"] == "service":
        here = caller.f_locals
        if here["run"].params.report == os.environ["HOLDS"] and here["page"] == 5:
            await asyncio.Event().wait()
    return await sleep(seconds, *more)


asyncio.sleep = held
"""
"""What the service's process does before all else: one report stays at its fifth page, for whatever is to befall it."""


def blocks(kind: str) -> list[str]:
    """What stands in the tutorial in blocks of that kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", TUTORIAL.read_text(), re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody in an empty folder, with one terminal for the service and one for everything else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # It stays open while the service is dead: who asks meanwhile waits, and no port is lost to anybody.
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._service: Process | None = None
        (folder / "holding").mkdir()
        (folder / "holding" / "sitecustomize.py").write_text(HOLDING)
        self._lives = iter(("march", "april"))

    async def take(self, block: str) -> str:
        """Do what a block says; what it printed."""
        if block.startswith("uvicorn"):
            return await self._serve(block.split())
        if block.startswith("kill -9"):
            return await self.kill()
        return await self._run(block.replace("http://127.0.0.1:8000", self._origin))

    async def _serve(self, words: list[str]) -> str:
        assert words == ["uvicorn", "--factory", "service:service", "--port", "8000"]
        descriptor = self._listener.fileno()
        self._service = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "--factory", "service:service", "--fd", str(descriptor)),
            cwd=self.folder,
            pass_fds=(descriptor,),
            env={
                **os.environ,
                "PYTHONPATH": f"{self.folder / 'holding'}{os.pathsep}{ROOT / 'src'}",
                "HOLDS": next(self._lives),
            },
        )
        return ""

    async def kill(self) -> str:
        """As with `kill -9`."""
        assert self._service is not None
        self._service.send_signal(signal.SIGKILL)
        await self._service.wait()
        return ""

    async def _run(self, script: str) -> str:
        # A pipe that is closed early ends curl with an error of its own, as it should.
        shell = await asyncio.create_subprocess_exec(
            *("bash", "-ec", script), cwd=self.folder, stdout=PIPE, stderr=STDOUT
        )
        async with asyncio.timeout(SECONDS):
            said, _ = await shell.communicate()
        assert shell.returncode == 0, f"{script}\n{said.decode()}"
        return said.decode()

    async def end(self) -> None:
        """Nothing of it is left."""
        if self._service is not None and self._service.returncode is None:
            await self.kill()
        self._listener.close()


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    """In an empty folder."""
    reader = Reader(tmp_path)
    yield reader
    await reader.end()


def test_the_example_is_what_the_tutorial_writes() -> None:
    written = [block.strip("\n") for block in blocks("python")]
    assert "\n\n\n".join(written) + "\n" == EXAMPLE.read_text()


def test_the_example_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < LINES_MAX


@pytest.mark.timeout(300)
async def test_every_step_of_the_tutorial_works(reader: Reader) -> None:
    (reader.folder / "service.py").write_text("\n\n\n".join(b.strip("\n") for b in blocks("python")) + "\n")
    said = [await reader.take(block) for block in blocks("sh")]
    _, asked, begun, _, _, ended, read, cancelled = said
    assert asked.startswith("HTTP/1.1 202 Accepted")
    assert "event: operation.started" in begun
    assert "event: operation.succeeded" not in begun
    assert ended.endswith("\n30\n")
    assert ended.count("event: operation.succeeded") == 1
    assert "event: operation.taken_over" in ended
    ours, scalingo, toloka, workiva = _objects(read)
    assert [ours["phase"], scalingo["operation"]["status"]] == ["succeeded", "done"]
    assert [toloka["status"], workiva["status"]] == ["SUCCESS", "completed"]
    assert _objects(cancelled)[-1]["phase"] == "cancelled"


def _objects(said: str) -> list[dict]:
    """The answers, one behind the other."""
    return [msgspec.json.decode(one) for one in said.replace("}{", "}\n{").splitlines()]
