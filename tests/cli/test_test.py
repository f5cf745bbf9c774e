import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from headway.cli import test as verb


def test_with_arguments_only_the_tests_run_with_them(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("def test_good(): pass\ndef test_bad(): assert False\n")
    argv = [sys.executable, "-m", "headway", "test", "-p", "no:cacheprovider", str(tmp_path), "-k"]
    assert subprocess.run([*argv, "good"], capture_output=True, check=False).returncode == 0
    done = subprocess.run([*argv, "bad"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "1 failed, 1 deselected" in done.stdout


def test_every_check_runs_a_tool_of_this_environment_and_says_what_to_do() -> None:
    assert [check.name for check in verb.CHECKS] == ["format", "lint", "floors", "types"]
    assert all(check.argv[0] in {"-m", "-c"} and check.remedy for check in verb.CHECKS)


def test_outside_a_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "CHECKOUT", tmp_path)
    done = CliRunner().invoke(verb.test, [])
    assert (done.exit_code, done.output) == (1, "Error: tests are run from a checkout, and this is none\n")


def test_a_tool_that_finds_something_is_seen() -> None:
    assert verb.run(["-c", "pass"])
    assert not verb.run(["-c", "raise SystemExit(3)"])
