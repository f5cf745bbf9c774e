import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from headway.cli.child import Child
from tests.journeys.driving import good

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Terminal:
    """Somebody at a terminal, logged in."""

    def __init__(self, home: Path) -> None:
        self._home = home

    async def type(self, *words: str, fed: bytes = b"") -> tuple[int, str, str]:
        """Exit code, what was said, and what was said beside."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "headway", *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self._home,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.environ.get("PYTHONPATH") or os.pathsep.join(sys.path),
                "HOME": str(self._home),
                "XDG_CONFIG_HOME": str(self._home),
            },
        )
        said, beside = await process.communicate(fed)
        assert process.returncode is not None
        return process.returncode, said.decode(), beside.decode()

    async def json(self, *words: str) -> Any:
        code, said, beside = await self.type(*words, "--json")
        assert code == 0, beside
        return msgspec.json.decode(said)


async def test_a_whole_life_from_the_command_line(platform: Child, tmp_path: Path) -> None:
    me = Terminal(tmp_path)
    token = platform.config.folder / "admin.token"
    assert (await me.type("apps", "list"))[0] == 77
    wrong = await me.type("login", f"http://{platform.config.listen}", "--token-file", "-", fed=b"nope\n")
    assert wrong[0] == 77
    kept = await me.json("login", f"http://{platform.config.listen}", "--token-file", str(token))
    assert kept == {
        "server": f"http://{platform.config.listen}",
        "file": str(tmp_path / "headway" / "login.toml"),
    }
    assert (tmp_path / "headway" / "login.toml").stat().st_mode & 0o777 == 0o600

    assert (await me.type("apps", "create", "hello-world"))[0] == 0
    assert (await me.type("apps", "create", "x"))[0] == 1
    code, said, _ = await me.type("deploy", "hello-world", str(unpacked(tmp_path)), "--ref", "v1")
    assert (code, said.splitlines()[-1].rpartition(" ")[2]) == (0, "succeeded")
    assert [it["ref"] for it in (await me.json("releases", "hello-world"))["releases"]] == ["v1"]

    assert (await me.json("cron", "hello-world")) == {"tasks": []}
    assert (await me.type("cron", "hello-world"))[0] == 0

    scaled = await me.json("scale", "hello-world", "web=2")
    assert (scaled["phase"], scaled["by"]["dialect"]) == ("succeeded", "headway")
    assert (await me.type("scale", "hello-world", "web"))[0] == 2
    assert "2 × M" in (await me.type("apps", "list"))[1]
    assert (await me.json("restart", "hello-world", "web-1", "--dry-run"))["steps"]
    code, id, _ = await me.type("restart", "hello-world", "--no-wait")
    assert (await me.type("ops", "follow", id.strip()))[0] == 0
    assert "succeeded" in (await me.type("ops", "show", id.strip()))[1]
    assert "it has ended" in (await me.type("ops", "why", id.strip()))[1]
    assert (await me.type("ops", "cancel", id.strip()))[0] == 1
    assert (await me.type("ops", "undo", scaled["id"]))[0] == 0
    listed = await me.json("ops", "list", "--type", "app.scale", "--app", "hello-world", "--oldest")
    assert listed[0]["id"] == scaled["id"]
    names = [
        msgspec.json.decode(line)["name"]
        for line in (await me.type("ops", "follow", scaled["id"], "--json"))[1].splitlines()
    ]
    assert (names[0], names[-1]) == ("operation.queued", "operation.succeeded")

    assert (await me.type("env", "set", "hello-world", "GREETING=good morning", "B=2"))[0] == 0
    assert (await me.type("env", "show", "hello-world", "GREETING"))[1] == "good morning\n"
    assert (await me.type("env", "unset", "hello-world", "B"))[0] == 0
    assert (await me.type("env", "show", "hello-world", "B"))[0] == 1

    assert (await me.type("run", "hello-world", "echo $GREETING; exit 7"))[:2] == (7, "good morning\r\n")
    assert (await me.type("run", "hello-world", "cat", fed=b"fed\n"))[:2] == (0, "fed\r\n")
    assert (await me.type("run", "-d", "hello-world", "true"))[0] == 0
    assert "[web-1]" in (await me.type("logs", "hello-world"))[1]
    assert (await me.type("apps", "delete", "hello-world", "--yes"))[0] == 0
    assert (await me.json("apps", "list")) == {"apps": []}


def unpacked(folder: Path) -> Path:
    """The source of an app."""
    import io
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(good())) as tar:
        tar.extractall(folder / "source", filter="data")
    (root,) = (folder / "source").iterdir()
    return root
