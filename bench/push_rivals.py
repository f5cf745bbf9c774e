"""Rivals in the `push` benchmark. They are spared SSH: git runs what `sshd` would run for a key.

* daka: a fork of piku, a file of Python behind git's `post-receive`; uWSGI's emperor holds the processes.
* a hook of one's own: `post-receive` checks out, ends the old process, starts the new one, and waits until it listens.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from bench import rivals, script
from bench.contest import Left, Place, Round
from bench.measure import free_port, wait_for_port
from bench.push_stages import Repository, Visitor, figures
from bench.stages import PYTHON

_FOLDERS = (
    "repos",
    "envs",
    "logs",
    "nginx",
    "metrics",
    "settings",
    "uwsgi-available",
    "uwsgi-enabled",
    "uwsgi",
)
_HOOK = """\
#!/bin/sh
cd {folder} || exit
git --git-dir={folder}/repository.git --work-tree={folder}/app checkout -q -f master
[ -f pid ] && kill "$(cat pid)" && while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.005; done
cd app
{python} web.py {port} {told} >/dev/null 2>&1 </dev/null &
echo $! > ../pid
until {python} -S -c 'import socket; socket.create_connection(("127.0.0.1", {port}))' 2>/dev/null; do :; done
"""


@contextmanager
def daka(place: Place) -> Iterator[Round]:
    """daka, in a home of its own, laid out as its `init` does, which would also fetch a program for certificates."""
    python = rivals.python(
        place.size, "daka", "pyuwsgi==2.0.30.post1", "click==8.5.1", alone=("daka==0.0.0",)
    )
    home, port = place.folder / "home", free_port()
    for name in ("apps", *(f".daka/{it}" for it in _FOLDERS)):
        (home / name).mkdir(parents=True)
    environment = {"HOME": str(home), "PATH": f"{python.parent}:{os.environ['PATH']}"}
    program = next(python.parent.parent.glob("lib/*/site-packages/daka.py"))
    program.chmod(0o755)
    run = {"worker": f"{PYTHON} web.py {port} {free_port()}"}
    settings = {
        "runtime": "shell",
        "auto_restart": True,
        "run": run,
        "env": {"BIND_ADDRESS": "127.0.0.1", "PORT": str(port)},
    }
    files = {"daka.json": msgspec.json.encode({"apps": settings}).decode()}
    sshd = _in_the_place_of_ssh(place.folder, f'cd {home} && exec python3 {program} "$@"')
    repository = Repository(place.folder / "source", {**environment, **sshd}, **files)
    with _emperor(python.parent / "uwsgi", home / ".daka", environment):
        repository.push("me@localhost:bench")
        _wait_for(port, home / ".daka" / "uwsgi" / "log")
        yield lambda: figures(repository, "me@localhost:bench", Visitor(port, "localhost"), place.size)


def _wait_for(port: int, log: Path) -> None:
    try:
        wait_for_port(port)
    except TimeoutError as error:
        raise Left(f"daka's app does not listen: {log.read_text().strip()[-300:]}") from error


@contextmanager
def _emperor(uwsgi: Path, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    # The one in a wheel takes itself for Python.
    argv = [
        uwsgi,
        "--binary-path",
        uwsgi,
        "--emperor",
        folder / "uwsgi-enabled",
        "--logto",
        folder / "uwsgi" / "log",
    ]
    emperor = subprocess.Popen(
        argv,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        emperor.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            emperor.wait(20)
        script.end(emperor)


@contextmanager
def hook(place: Place) -> Iterator[Round]:
    """A bare repository with a hook."""
    folder, port = place.folder, free_port()
    bare = folder / "repository.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "master", str(bare)], check=True)
    (folder / "app").mkdir()
    (bare / "hooks" / "post-receive").write_text(
        _HOOK.format(folder=folder, python=PYTHON, port=port, told=free_port())
    )
    (bare / "hooks" / "post-receive").chmod(0o755)
    sshd = _in_the_place_of_ssh(folder, f'exec git-receive-pack "{bare}"')
    repository = Repository(folder / "source", sshd)
    try:
        repository.push("me@localhost:bench")
        yield lambda: figures(repository, "me@localhost:bench", Visitor(port, "localhost"), place.size)
    finally:
        if (folder / "pid").exists():
            os.kill(int((folder / "pid").read_text()), signal.SIGKILL)


def _in_the_place_of_ssh(folder: Path, does: str) -> dict[str, str]:
    """What tells git to run this, with the command that it would send as its arguments."""
    made = folder / "ssh"
    made.write_text(f'#!/bin/sh\nshift\neval set -- "$*"\n{does}\n')
    made.chmod(0o755)
    return {"GIT_SSH": str(made), "GIT_SSH_VARIANT": "simple"}


@contextmanager
def piku(place: Place) -> Iterator[Round]:
    """Not to be had."""
    del place
    raise Left("it is a file in a Git repository, in no package registry; daka is a fork of it")
    yield
