"""A platform that runs as a child, and what is left of one."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from headway.cli.child import Child, scratch_platform
from headway.clock import SystemClock


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A data folder: like a real one it does not lie below somebody's private folder."""
    folder = Path(tempfile.mkdtemp(prefix="headway-cli-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def platform(scratch: Path) -> AsyncIterator[Child]:
    """A platform that is ready; everything of it is ended afterwards."""
    # Read by `up` where it is started: in the data folder.
    (scratch / "headway.toml").write_text("scalingo_requests_per_minute = 6000\n")
    child = Child(scratch_platform(scratch), SystemClock())
    try:
        await child.start()
        yield child
    finally:
        await child.end()


@pytest.fixture
def processes_of() -> Callable[[Path], dict[int, str]]:
    """Which processes have to do with a data folder, by their command lines and working folders."""

    def found(folder: Path) -> dict[int, str]:
        told = {int(it.name): _told(it) for it in Path("/proc").glob("[0-9]*")}
        return {pid: text for pid, text in told.items() if str(folder) in text}

    return found


def _told(process: Path) -> str:
    try:
        argv = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return f"{argv} in {(process / 'cwd').readlink()}"
    except OSError:
        return ""
