"""Ours in the `push` benchmark: the whole platform, over SSH with a key and over HTTP with a token."""

import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from statistics import median

import msgspec

from bench.contest import Figures, Left, Place, Round, Size
from bench.measure import free_port
from bench.platform_headway import Platform, up
from bench.push_stages import OVER_SSH, Repository, Visitor, figures
from bench.stages import PYTHON
from headway.cli.client import api_token

APP = "bench-push"


@contextmanager
def opened(place: Place) -> Iterator[Round]:
    """One platform for all rounds, and an app that serves."""
    if which("ssh") is None:
        raise Left("there is no ssh client")
    folder, ssh_port = place.folder / "platform", free_port()
    with up(folder, "--ssh", f"127.0.0.1:{ssh_port}") as platform:
        token = api_token(folder / "data")
        key = _keyed(platform, place.folder, token)
        ssh = f"ssh -F none -i {key} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile={key}.known"
        served = f"web: exec {PYTHON} web.py $PORT {free_port()}\n"
        repository = Repository(place.folder / "source", {"GIT_SSH_COMMAND": ssh}, Procfile=served)
        platform.do(platform.client.begin("POST", "/apps", {"name": APP}))
        over_http = f"{platform.url.replace('://', f'://x:{token}@')}/git/{APP}.git"
        over_ssh = f"ssh://git@127.0.0.1:{ssh_port}/{APP}.git"
        repository.push(over_ssh)
        yield lambda: _round(platform, repository, over_http, over_ssh, place.size)


def _round(platform: Platform, repository: Repository, over_http: str, over_ssh: str, size: Size) -> Figures:
    visitor = Visitor(platform.apps_port, f"{APP}.localhost")
    seen = figures(repository, over_http, visitor, size)
    times = [repository.push(over_ssh) for _ in range(1 if size.quick else 5)]
    return {**seen, OVER_SSH: 1000 * median(times)}


def _keyed(platform: Platform, folder: Path, token: str) -> Path:
    """A key that the platform knows."""
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    body = {"key": {"name": "bench", "content": key.with_suffix(".pub").read_text()}}
    asked = urllib.request.Request(
        f"{platform.url}/v1/keys",
        msgspec.json.encode(body),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=60):
        return key
