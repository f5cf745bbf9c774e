"""The life of a labelling pool, as somebody who has just cloned the repository meets it."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
LIFE = (
    "task.batch_create",
    "pool.open",
    "solution.aggregate",
    "pool.close",
    "known_solutions.generate",
    "pool.archive",
    "project.archive",
)


def test_once_a_pool_lives_from_its_tasks_to_its_archive_and_nothing_is_left(
    processes_of: Callable[[Path], dict[int, str]],
) -> None:
    argv = [sys.executable, "-u", "-m", "headway", "demo", "--pools", "--once"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=110, check=False)
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert tuple(re.findall(r"(\S+) [0-9a-f]{24}  ✓ succeeded", said)) == LIFE, said
    assert re.search(r"12 people have answered 600 tasks in \d+ suites\n", said), said
    found = re.search(r"Alone they are right (\d+) %, together (\d+) % of the time", said)
    assert found, said
    assert int(found[2]) > int(found[1]), said
    folder = re.search(r"Starting a platform in (\S+)", said)
    assert folder, said
    assert not Path(folder[1]).exists()
    assert processes_of(Path(folder[1])) == {}
