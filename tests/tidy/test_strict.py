"""The test run's own honesty, tried on a small suite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SUITE = """
import pytest

@pytest.mark.slow
def test_slow(): pass

def test_quick(): pass

def test_that_leaves_itself_out(): pytest.skip("no moon tonight")

@pytest.mark.xfail(strict=True)
def test_that_is_known_to_fail(): assert False
"""
SKIPPED_FILE = 'import pytest\npytest.skip("no stars either", allow_module_level=True)\n'


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite with a test, and a file, that leave themselves out."""
    (tmp_path / "test_some.py").write_text(SUITE)
    (tmp_path / "test_other.py").write_text(SKIPPED_FILE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: later\n")
    return tmp_path


def run(suite: Path, everything: str, *options: str) -> tuple[int, str]:
    """Code and words of a run."""
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.strict",
        "-p",
        "no:cacheprovider",
        "-v",
        "-rs",
        *options,
    ]
    environment = {**os.environ, "HEADWAY_TEST_ALL": everything, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        argv, cwd=suite, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout


def test_what_leaves_itself_out_is_named_and_no_failure(suite: Path) -> None:
    code, said = run(suite, "")
    assert code == 0
    assert "no moon tonight" in said
    assert "no stars either" in said


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_where_nothing_may_be_left_out_each_is_a_failure_with_its_reason(
    suite: Path, options: tuple[str, ...]
) -> None:
    code, said = run(suite, "1", *options)
    assert code != 0
    assert "allows that to none: Skipped: no stars either" in said
    (suite / "test_other.py").unlink()
    code, said = run(suite, "1", *options)
    assert code == 1
    assert "allows that to none: Skipped: no moon tonight" in said
    assert "1 failed, 2 passed, 1 xfailed" in said


def test_slow_tests_come_last(suite: Path) -> None:
    said = run(suite, "")[1]
    assert said.index("::test_quick") < said.index("::test_slow")
