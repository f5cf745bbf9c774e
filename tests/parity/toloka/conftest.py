"""Toloka's own client, in an environment of its own that is made once from its lock; and a platform for it to speak to."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CACHE = ROOT / ".cache" / "parity-toloka"
LOCK = HERE / "requirements.lock"
INSTALL_SECONDS_MAX = 600
STUDIO = "tk-us-the-studio"
"""The token of an account that the scenarios of others leave alone."""
Drive = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python that has the client; skips where it cannot be installed."""
    mark = CACHE / "installed-from.lock"
    if not (mark.exists() and mark.read_bytes() == LOCK.read_bytes()):
        shutil.rmtree(CACHE, ignore_errors=True)
        for argv in (
            [sys.executable, "-m", "venv", str(CACHE)],
            [str(CACHE / "bin" / "pip"), "install", "-q", "--require-hashes", "-r", str(LOCK)],
        ):
            done = subprocess.run(
                argv, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX, check=False
            )
            if done.returncode != 0:
                pytest.skip(f"toloka-kit could not be installed: {done.stderr.strip()[-200:]}")
        shutil.copy(LOCK, mark)
    return CACHE / "bin" / "python"


class Platform:
    """A platform's process; `address` is where it listens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

        self.start()

    def start(self) -> None:
        """Return when it listens."""
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        argv = [sys.executable, "-m", "tests.parity.toloka.platform_process", str(self.folder)]
        self.process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address, "the platform has ended"

    def kill(self) -> None:
        """As if the power was cut."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Platform]:
    """A platform, for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="headway-toloka-"))
    platform = Platform(folder)
    yield platform
    platform.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def kit(python: Path) -> Iterator[subprocess.Popen[str]]:
    """The client, which does what it is told: importing it takes seconds."""
    process = subprocess.Popen(
        [str(python), "-W", "ignore", str(HERE / "client.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield process
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


@pytest.fixture
def drive(kit: subprocess.Popen[str], site: Platform) -> Drive:
    """Run a scenario of `scenarios_*.py`; what it returns. It fails as the scenario does, with its traceback."""

    def drive(name: str, **given: Any) -> dict[str, Any]:
        assert kit.stdin is not None
        assert kit.stdout is not None
        asked = {"scenario": name, "url": f"http://{site.address}", "given": given}
        kit.stdin.write(json.dumps(asked) + "\n")
        kit.stdin.flush()
        told = json.loads(kit.stdout.readline())
        assert "error" not in told, told["error"]
        return told["result"]

    return drive
