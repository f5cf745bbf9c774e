"""Packages from npm, installed once from a lock file into the checkout's own cache."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.side_by_side import one_at_a_time

CACHE = Path(__file__).parents[1] / ".cache"
LOCK = "package-lock.json"
INSTALL_SECONDS_MAX = 110


def modules(here: Path, cache: str) -> Path:
    """The `node_modules` of the lock file that lies there; skips where there is no node or no npm."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed: what {here.name} needs from npm cannot be run")
    folder = CACHE / cache / "node_modules"
    with one_at_a_time(folder.parent):
        if not _installed(folder, here):
            _install(folder, here)
    return folder


def _install(folder: Path, here: Path) -> None:
    for name in ("package.json", LOCK):
        shutil.copy(here / name, folder.parent / name)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS_MAX,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"npm could not install what {here.name} needs: {done.stderr.strip()[-200:]}")
    shutil.copy(here / LOCK, folder / "installed-from.json")


def _installed(folder: Path, here: Path) -> bool:
    """Whether what is there came from this lock file."""
    mark = folder / "installed-from.json"
    return mark.exists() and mark.read_bytes() == (here / LOCK).read_bytes()
