"""The main job, as somebody who has just cloned the repository meets it."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def begin(*argv: str) -> subprocess.Popen[str]:
    """Start the demo."""
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "headway", "demo", *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def folder_in(said: str) -> Path:
    """The scratch folder that it told of."""
    found = re.search(r"Starting a platform in (\S+)", said)
    assert found, said
    return Path(found[1])


def test_once_everything_goes_well_and_nothing_is_left(
    processes_of: Callable[[Path], dict[int, str]],
) -> None:
    said, _ = (demo := begin("--once")).communicate(timeout=100)
    assert demo.returncode == 0, said
    for type in ("deployment.deploy", "app.scale", "app.restart"):
        assert re.search(rf"{type} [0-9a-f]{{24}}  ✓ succeeded", said), said
    assert re.search(r"GET http://hello-world\.localhost:\d+/ → 200 This is web-[12]", said), said
    assert not folder_in(said).exists()
    assert processes_of(folder_in(said)) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "moment", ["Starting a platform", "✓ take the source", "✓ start the added containers"]
)
def test_an_interrupt_at_any_moment_leaves_nothing(
    moment: str, number: signal.Signals, processes_of: Callable[[Path], dict[int, str]]
) -> None:
    demo = begin()
    assert demo.stdout
    said = ""
    while moment not in said:
        line = demo.stdout.readline()
        assert line, said
        said += line
    demo.send_signal(number)
    rest, _ = demo.communicate(timeout=100)
    assert demo.returncode == 130, said + rest
    assert not folder_in(said).exists()
    assert processes_of(folder_in(said)) == {}
