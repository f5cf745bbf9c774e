"""Running a harness: a script of `bench/harness/` in a process of its own, in our environment or a rival's."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from bench.contest import Left

HARNESS = Path(__file__).parent / "harness"
OURS = Path(sys.executable)
SECONDS_MAX = 900


class Broken(Exception):
    """A harness of ours failed: that is no reason to leave it out."""


def figures(python: Path, script: str, **asked: object) -> Any:
    """What the harness tells. Left where a rival's fails, or does not end; Broken where ours does."""
    with started(python, script, **asked) as process:
        return told(process)


def told(process: "subprocess.Popen[str]") -> Any:
    """What a harness that was started tells at its end."""
    try:
        out, error = process.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired as late:
        raise _failure(process, f"did not end within {SECONDS_MAX} s") from late
    if process.returncode:
        raise _failure(process, _last(error))
    return json.loads(out.splitlines()[-1])


@contextmanager
def started(
    python: Path,
    script: str,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    **asked: object,
) -> "Iterator[subprocess.Popen[str]]":
    """The harness, running; it and what it started are gone afterwards."""
    process = subprocess.Popen(
        [python, HARNESS / f"{script}.py", json.dumps(asked)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_ours(python)), **(environment or {})},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: "subprocess.Popen[Any]") -> None:
    """Kill a process and all of its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _ours(python: Path) -> list[str]:
    """Our sources for our own environment, nothing of ours for a rival's."""
    return [str(HARNESS.parents[1] / "src")] if python == OURS else []


def _failure(process: "subprocess.Popen[str]", why: str) -> Exception:
    python, harness, *_ = map(str, cast("list[object]", process.args))
    return Broken(f"{Path(harness).stem}: {why}") if python == str(OURS) else Left(why)


def _last(error: str) -> str:
    lines = [line for line in error.strip().splitlines() if line.strip()] or ["it failed and said nothing"]
    return re.sub(r"\s+", " ", lines[-1])[-300:]
