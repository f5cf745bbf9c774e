import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from headway.cli import bench as verb


def test_what_is_asked_reaches_the_benchmarks_and_files_are_the_callers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(verb, "run", lambda argv: asked.append(argv) or True)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(verb.bench, ["engine", "--quick", "--rounds", "1", "--json", "a.json"])
    assert done.exit_code == 0
    assert asked == [
        ["-m", "bench", "engine", "--quick", "--rounds", "1", "--json", str(tmp_path / "a.json")]
    ]


def test_a_benchmark_that_does_not_exist_is_an_error_that_names_those_that_do() -> None:
    argv = [sys.executable, "-m", "headway", "bench", "speed"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no such benchmark: speed; there are engine" in done.stderr


def test_outside_a_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "CHECKOUT", tmp_path)
    done = CliRunner().invoke(verb.bench, [])
    assert (done.exit_code, done.output) == (
        1,
        "Error: benchmarks are run from a checkout, and this is none\n",
    )
