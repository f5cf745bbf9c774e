import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from headway.cli import pidfile
from headway.cli.child import Child
from headway.cli.up import causes
from headway.config import Config

pytestmark = pytest.mark.slow


Processes = Callable[[Path], dict[int, str]]


def router_of(config: Config, processes: dict[int, str]) -> int:
    """The process that takes the traffic for apps, which is taken."""
    host, port = config.apps.split(":")
    with socket.create_connection((host, int(port))):
        [router] = [pid for pid, told in processes.items() if "envoy" in told.split(" ", 1)[0]]
    return router


async def test_sigterm_ends_the_control_plane_and_the_next_one_adopts_the_router(
    platform: Child, processes_of: Processes
) -> None:
    folder, router = platform.config.folder, router_of(platform.config, processes_of(platform.config.folder))
    first = pidfile.holder(folder)
    assert first
    assert pidfile.end(first, seconds=platform.config.drain_seconds)
    assert router_of(platform.config, processes_of(platform.config.folder)) == router
    await platform.start()
    assert pidfile.holder(folder) not in {None, first}
    assert router_of(platform.config, processes_of(platform.config.folder)) == router


async def test_a_killed_control_plane_leaves_the_router_to_the_next_one(
    platform: Child, processes_of: Processes
) -> None:
    router, pid = (
        router_of(platform.config, processes_of(platform.config.folder)),
        pidfile.holder(platform.config.folder),
    )
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert pidfile.end(pid, seconds=5)
    await platform.start()
    assert router_of(platform.config, processes_of(platform.config.folder)) == router


async def test_a_second_one_on_the_same_folder_is_refused(platform: Child) -> None:
    argv = [sys.executable, "-m", "headway", "up", "--data", platform.config.data]
    second = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert f"process {pidfile.holder(platform.config.folder)} already runs the platform" in second.stderr


async def test_its_folder_and_token_are_private(platform: Child) -> None:
    assert (platform.config.folder / "admin.token").stat().st_mode & 0o777 == 0o600


def test_every_cause_of_a_failure_is_told() -> None:
    inner = ExceptionGroup("inner", [OSError("the port is taken"), ValueError()])
    assert causes(ExceptionGroup("outer", [inner, OSError("the disk is full")])) == [
        "the port is taken",
        "ValueError",
        "the disk is full",
    ]
