import os
import subprocess
import sys
from pathlib import Path

import pytest

from headway.cli import pidfile
from headway.errors import Conflict

HOLD = "import sys, pathlib; from headway.cli import pidfile\nwith pidfile.held(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def hold_elsewhere(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the folder until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_folder_that_was_never_used_has_no_holder(tmp_path: Path) -> None:
    assert pidfile.holder(tmp_path / "nothing") is None


def test_the_holder_is_known_while_it_lives_and_refuses_a_second(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path) as other:
        assert pidfile.holder(tmp_path) == other.pid
        with pytest.raises(Conflict, match=f"process {other.pid} already runs"), pidfile.held(tmp_path):
            pass
        other.kill()
        other.wait()
        assert pidfile.holder(tmp_path) is None


def test_a_number_left_behind_by_a_dead_process_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / pidfile.NAME).write_text(f"{os.getpid()}\n")
    assert pidfile.holder(tmp_path) is None


def test_the_end_of_a_holder_is_waited_for(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path) as other:
        assert pidfile.end(other.pid, seconds=20)
        other.wait()
        assert pidfile.holder(tmp_path) is None
