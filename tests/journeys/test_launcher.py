"""./headway in a fresh checkout: a small one, whose lock file names a single package and whose CLI only answers."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ANSWER = "import click, sys, headway; print('ran', *sys.argv[1:])"


def pinned(package: str) -> str:
    """The entry of one package in our own lock file, hashes included."""
    entry = re.search(
        rf"^{package}==.*?(?=^\S)", (ROOT / "requirements.lock").read_text(), re.MULTILINE | re.DOTALL
    )
    assert entry, package
    return entry[0]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that has never been used."""
    folder = tmp_path / "a folder with spaces"
    package = folder / "src" / "headway"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(ANSWER)
    shutil.copy(ROOT / "headway", folder)
    (folder / "requirements.lock").write_text(pinned("click"))
    (folder / "requirements-test.lock").write_text(pinned("click") + pinned("idna"))
    (tmp_path / "home").mkdir()
    return folder


def begin(checkout: Path, *argv: str, **environment: str) -> subprocess.Popen[str]:
    """Start the launcher with an empty HOME, in a process group of its own."""
    return subprocess.Popen(
        [checkout / "headway", *argv],
        cwd="/",
        env={**os.environ, "HOME": str(checkout.parent / "home"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def use(checkout: Path, *argv: str, **environment: str) -> tuple[int, str, str]:
    """Run the launcher to its end: code, standard output, standard error."""
    process = begin(checkout, *argv, **environment)
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


@pytest.mark.slow
def test_the_first_use_makes_the_environment_and_the_second_finds_it(checkout: Path) -> None:
    code, out, err = use(checkout, "up", "--data", "x y")
    assert (code, out) == (0, "ran up --data x y\n"), err
    assert "making the Python environment" in err
    assert use(checkout, "doctor") == (0, "ran doctor\n", "")


@pytest.mark.slow
def test_a_first_use_that_was_killed_is_repaired_by_the_next(checkout: Path) -> None:
    process = begin(checkout, "up")
    assert process.stderr
    assert process.stderr.readline().startswith("headway: making")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not list(checkout.glob(".cache/environments/*/stamp"))
    assert use(checkout, "up")[:2] == (0, "ran up\n")


@pytest.mark.slow
def test_two_first_uses_at_once_share_one_environment(checkout: Path) -> None:
    both = [begin(checkout, "up"), begin(checkout, "test")]
    said = [process.communicate(timeout=100) for process in both]
    assert [out for out, _ in said] == ["ran up\n", "ran test\n"], said
    assert sum("making the Python environment" in err for _, err in said) == 1


@pytest.mark.slow
def test_a_changed_lock_file_makes_a_new_environment_and_leaves_the_old_one(checkout: Path) -> None:
    use(checkout, "up")
    with (checkout / "requirements.lock").open("a") as lock:
        lock.write(pinned("h11"))
    assert "making the Python environment" in use(checkout, "up")[2]
    assert len(list(checkout.glob(".cache/environments/*/stamp"))) == 2
    assert (checkout / ".venv" / "stamp").samefile(
        max(checkout.glob(".cache/environments/*/stamp"), key=os.path.getmtime)
    )


def test_a_machine_without_python_is_told_what_is_needed(checkout: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("sh", "cat", "cut", "cksum", "dirname"):
        (bare / name).symlink_to(shutil.which(name) or name)
    code, _, err = use(checkout, "up", PATH=str(bare))
    assert code == 1
    assert "needs Python 3.11 or newer" in err


def test_a_python_that_cannot_make_environments_names_the_package(checkout: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    lacking = bare / "python3"
    lacking.write_text(
        f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexec {Path(sys.executable).resolve()} "$@"\n'
    )
    lacking.chmod(0o755)
    for name in ("sh", "cat", "cut", "cksum", "dirname"):
        (bare / name).symlink_to(shutil.which(name) or name)
    code, _, err = use(checkout, "up", PATH=str(bare))
    assert code == 1
    assert re.search(r"apt-get install python3\.\d+-venv", err)
