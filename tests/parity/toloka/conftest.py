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

from tests.parity.toloka.people import ACCOUNTS, token_of
from tests.side_by_side import one_at_a_time

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CACHE = ROOT / ".cache" / "parity-toloka"
VENV = CACHE / "venv"
MARK = VENV / "installed-from.lock"
LOCK = HERE / "requirements.lock"
INSTALL_SECONDS_MAX = 600
Drive = Callable[..., Any]


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python that has the client; skips where it cannot be installed."""
    with one_at_a_time(CACHE):
        if not (MARK.exists() and MARK.read_bytes() == LOCK.read_bytes()):
            install()
    return VENV / "bin" / "python"


def install() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    for argv in (
        [sys.executable, "-m", "venv", str(VENV)],
        [str(VENV / "bin" / "pip"), "install", "-q", "--require-hashes", "-r", str(LOCK)],
    ):
        done = subprocess.run(argv, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX, check=False)
        if done.returncode != 0:
            pytest.skip(f"toloka-kit could not be installed: {done.stderr.strip()[-200:]}")
    shutil.copy(LOCK, MARK)


class Platform:
    """A platform's process; `address` is where it listens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        """Return when it listens."""
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        argv = [sys.executable, "-m", "tests.parity.toloka.platform_process", str(self.folder)]
        self.process = subprocess.Popen(
            argv, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = self.told()

    def told(self) -> str:
        """What it says next."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the platform has ended"
        return line

    def tell(self, word: str) -> str:
        """What it answers: `saturate` and `release` are done when it does."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.told()

    def kill(self) -> None:
        """As if the power was cut."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture(scope="session")
def site() -> Iterator[Platform]:
    """A platform, for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="headway-toloka-"))
    platform = Platform(folder)
    yield platform
    platform.kill()
    shutil.rmtree(folder)


class Kit:
    """The client's process, which does what it is told, several things at once: importing it takes seconds."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), "-W", "ignore", str(HERE / "client.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._begun = 0
        self._ended: dict[int, dict[str, Any]] = {}

    def begin(self, scenario: str, address: str, tokens: tuple[str, str], **given: Any) -> int:
        """Begin a scenario of `scenarios_*.py`; its number."""
        assert self._process.stdin is not None
        self._begun += 1
        asked = {"number": self._begun, "scenario": scenario, "url": f"http://{address}", "tokens": tokens}
        self._process.stdin.write(json.dumps({**asked, "given": given}) + "\n")
        self._process.stdin.flush()
        return self._begun

    def result(self, number: int) -> Any:
        """What it returned. It fails as the scenario does, with its traceback."""
        assert self._process.stdout is not None
        while number not in self._ended:
            line = self._process.stdout.readline()
            assert line, "the client has ended"
            told = json.loads(line)
            self._ended[told["number"]] = told
        told = self._ended.pop(number)
        assert "error" not in told, told["error"]
        return told["result"]

    def end(self) -> None:
        """It is gone when this returns."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@pytest.fixture(scope="session")
def kit(python: Path) -> Iterator[Kit]:
    """The client."""
    kit = Kit(python)
    yield kit
    kit.end()


@pytest.fixture(scope="session")
def tokens() -> Callable[[str], tuple[str, str]]:
    """Of two accounts for each scenario, which nobody else has."""
    numbers: dict[str, int] = {}

    def tokens(scenario: str) -> tuple[str, str]:
        number = 2 * numbers.setdefault(scenario, len(numbers))
        assert number + 1 < ACCOUNTS - 1, "the last one is the studio"
        return token_of(number), token_of(number + 1)

    return tokens


@pytest.fixture
def drive(kit: Kit, site: Platform, tokens: Callable[[str], tuple[str, str]]) -> Drive:
    """Live through a scenario; what it returns. As the accounts of another one, if that is said."""

    def drive(name: str, like: str = "", address: str = "", **given: Any) -> Any:
        number = kit.begin(name, address or site.address, tokens(like or name), **given)
        return kit.result(number)

    return drive
