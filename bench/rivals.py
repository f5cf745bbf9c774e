"""Where rivals live: each in an environment of its own below `.cache/rivals/`, at the version named here.

They come from package registries through their own clients: pip, npm, and Debian's archive, whose packages are
unpacked and not installed. What is complete has a stamp with what it was made from, so that a new version here makes
it anew, and an interrupted one is begun again.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.contest import Left, Size

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "rivals"
PIP = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--only-binary=:all:")
SECONDS_MAX = 600
_WEB = ("fastapi==0.165.0", "httptools==0.9.0", "uvicorn==0.54.0", "uvloop==0.23.0")
DBOS = ("dbos==3.4.0", *_WEB)
CELERY = ("celery[redis]==5.7.0", *_WEB)
PROCRASTINATE = ("procrastinate==3.10.0", "psycopg[binary]==3.3.9", "uvloop==0.23.0")
HUEY = ("huey==3.5.4",)
CROWD_KIT = ("crowd-kit==1.4.2", "numpy==2.4.6", "pandas==3.1.1", "scikit-learn==1.9.1")


def python(
    size: Size, name: str, *packages: str, built: Sequence[str] = (), alone: Sequence[str] = ()
) -> Path:
    """The Python of a virtual environment with the packages; `built` names those that come as source.

    Those of `alone` come as source too, and without what they ask for.
    """

    def make(folder: Path) -> None:
        _run(sys.executable, "-m", "venv", str(folder))
        allowed = [f"--no-binary={','.join(built)}"] if built else []
        _run(str(folder / "bin" / "python"), *PIP, *allowed, *packages)
        if alone:
            _run(str(folder / "bin" / "python"), *PIP[:-1], "--no-deps", *alone)

    return _made(size, name, (*packages, *alone), make) / "bin" / "python"


def npm(size: Size, name: str, *packages: str) -> Path:
    """The `node_modules` of a folder with the packages."""
    if shutil.which("npm") is None:
        raise Left("npm is not installed")

    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / "package.json").write_text('{"private": true}')
        _run("npm", "install", "--no-audit", "--no-fund", "--save-exact", *packages, cwd=folder)

    return _made(size, name, packages, make) / "node_modules"


def debian(size: Size, name: str, *packages: str) -> Path:
    """A root folder with Debian's packages unpacked in it, in the version of this machine's archive."""
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise Left(f"{tool} is not installed")

    def make(folder: Path) -> None:
        folder.mkdir()
        _run("apt-get", "download", *packages, cwd=folder)
        for archive in folder.glob("*.deb"):
            _run("dpkg", "-x", str(archive), str(folder))

    return _made(size, name, packages, make)


def versions() -> list[str]:
    """Of every rival that is here, as it was asked for."""
    stamps = " ".join(_stamp(folder) for folder in sorted(CACHE.glob("*/")))
    archives = [file.name.split("_") for file in sorted(CACHE.glob("*/*-server_*.deb"))]
    return [
        *dict.fromkeys(word for word in stamps.split() if re.search(r"\S(==|@)\d", word)),
        *(f"{name}=={version.replace('%3a', ':')}" for name, version, *_ in archives),
    ]


def libraries(root: Path) -> dict[str, str]:
    """The environment in which programs of an unpacked Debian package find their libraries."""
    folders = [*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")]
    return {"LD_LIBRARY_PATH": os.pathsep.join(map(str, folders))}


def _made(size: Size, name: str, packages: Sequence[str], make: Callable[[Path], None]) -> Path:
    """The folder, complete. A quick run makes nothing."""
    folder, wanted = CACHE / name, f"{sys.version_info[:2]} {ROOT} {' '.join(packages)}"
    if _stamp(folder) == wanted:
        return folder
    if size.quick:
        raise Left("it is not there yet; a run without --quick installs it")
    with _alone(name):
        if _stamp(folder) != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            (folder / "stamp").write_text(wanted)
    return folder


def _stamp(folder: Path) -> str:
    file = folder / "stamp"
    return file.read_text() if file.exists() else ""


@contextmanager
def _alone(name: str) -> Iterator[None]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(*argv: str, cwd: Path | None = None) -> None:
    try:
        done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as error:
        raise Left(f"{Path(argv[0]).name} did not end within {SECONDS_MAX} s") from error
    if done.returncode:
        said = re.sub(r"\s+", " ", done.stderr or done.stdout).strip()
        raise Left(f"{Path(argv[0]).name} could not install it: {said[-300:]}")
