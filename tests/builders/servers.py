"""Programs that listen on $PORT, run for a test."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(
    argv: tuple[str | Path, ...], folder: Path, **environment: str
) -> Iterator[tuple[int, subprocess.Popen]]:
    """The program, from the moment it says its first line."""
    port = free_port()
    given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PORT": str(port), "HOME": str(folder), **environment}
    with subprocess.Popen(
        argv, cwd=folder, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as child:
        killer = threading.Timer(90, child.kill)
        killer.start()
        try:
            assert os.read(child.stdout.fileno(), 4096)
            yield port, child
        finally:
            killer.cancel()
            child.kill()


def wait_until_refused(port: int) -> None:
    """Return once nothing listens any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            return
    raise AssertionError("the server still takes connections")
