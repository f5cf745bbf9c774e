"""A Redis server that answers a write when it is on disk: from PATH, or else from Debian's archive, unpacked."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench import rivals
from bench.contest import Left, Size, scratch
from bench.script import end

PACKAGES = (
    "redis-server",
    "redis-tools",
    "libatomic1",
    "libjemalloc2",
    "liblua5.1-0",
    "liblzf1",
    "lua-bitop",
    "lua-cjson",
)
DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
READY_SECONDS = 30


@contextlib.contextmanager
def server(size: Size) -> Iterator[Path]:
    """The socket of a server; Left where there is none to be had."""
    program, environment = _program(size)
    with scratch() as folder:
        socket = folder / "redis.sock"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [program, "--port", "0", "--unixsocket", socket, "--dir", folder, *DURABLE],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            until = time.monotonic() + READY_SECONDS
            while not socket.exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise Left(f"Redis did not start: {(folder / 'log').read_text().strip()[-300:]}")
                time.sleep(0.02)
            yield socket
        finally:
            end(process)


def _program(size: Size) -> tuple[Path, dict[str, str]]:
    if found := shutil.which("redis-server"):
        return Path(found), {}
    root = rivals.debian(size, "redis", *PACKAGES)
    return root / "usr" / "bin" / "redis-server", rivals.libraries(root)
