"""Errands: what they can reach, on each level that this machine offers."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.runtimes import errands
from headway.runtimes.port import Errand
from tests.runtimes.bench import LEVELS, make, needs_root, reachable_folder

CONFINED = [level for level in LEVELS if level != "D"]


@pytest.fixture
def place() -> Iterator[Path]:
    with reachable_folder() as folder:
        for name in ("own", "hooks", "other"):
            (folder / name).mkdir()
            (folder / name / "file").write_text(name)
        yield folder


def ran(level: str, place: Path, script: str) -> str:
    """What it says, on both streams."""
    runtime = make(f"process-{level}", place / "runtime")
    wanted = Errand(
        app_id="a", argv=("/bin/sh", "-c", script), folder=place / "own", mounts=(place / "hooks",)
    )
    done = subprocess.run(
        runtime.confined(wanted),
        env={"PATH": "/usr/bin:/bin", "WHOM": "me"},
        cwd=place / "own",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize("level", LEVELS)
def test_it_works_in_its_folder_with_its_environment_and_its_mounts(level: str, place: Path) -> None:
    script = f"pwd; cat file {place}/hooks/file; echo $WHOM; echo new > made; exit 3"
    assert ran(level, place, script) == f"{place}/own\nownhooksme\n"
    assert (place / "own" / "made").read_text() == "new\n"


@pytest.mark.parametrize("level", CONFINED)
def test_it_reaches_nothing_else(level: str, place: Path) -> None:
    assert ran(level, place, f"ls {place}").split() == ["hooks", "own"]
    assert "Read-only file system" in ran(level, place, f"echo x > {place}/hooks/file")
    assert "Read-only file system" in ran(level, place, "echo x > /usr/made")
    for hidden in (f"/proc/{os.getpid()}/stat", "/etc/shadow", str(Path.home())):
        assert "No such file or directory" in ran(level, place, f"ls {hidden}")
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 5)"
        assert "refused" in ran(level, place, f'python3 -c "{asked}"')


@needs_root
@pytest.mark.parametrize("level", CONFINED)
def test_it_is_the_apps_user_whose_the_folder_is_then(level: str, place: Path) -> None:
    user = int(ran(level, place, "id -u"))
    assert user >= 20000
    assert {it.lstat().st_uid for it in (place / "own", place / "own" / "file")} == {user}
    assert (place / "other").lstat().st_uid == 0
    assert "CapEff:\t0000000000000000\n" in ran(level, place, "cat /proc/self/status")
    assert "NoNewPrivs:\t1\n" in ran(level, place, "cat /proc/self/status")


@needs_root
def test_what_was_handed_over_is_not_looked_through_again(place: Path) -> None:
    errands.hand_over(place / "own", 12345)
    os.chown(place / "own" / "file", 0, 0)
    errands.hand_over(place / "own", 12345)
    assert (place / "own" / "file").stat().st_uid == 0


@pytest.mark.parametrize("level", LEVELS)
async def test_an_errand_has_a_command_line_and_whoever_starts_it_hears_it(level: str, place: Path) -> None:
    runtime = make(f"process-{level}", place / "runtime")
    wanted = Errand(app_id="a", argv=("/bin/cat",), folder=place / "own")
    child = await asyncio.create_subprocess_exec(
        *await asyncio.to_thread(runtime.confined, wanted),
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert (await child.communicate(b"heard"))[0] == b"heard"
