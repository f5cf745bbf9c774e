"""Constant load on an app while something is done to it, and how long its new instances take: drives `harness/load.py`."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from bench import script
from bench.contest import Left

REQUESTS_PER_SECOND = 100
SECONDS_MAX = 600


class Change(msgspec.Struct, frozen=True):
    """What came of a change under load."""

    ready: float
    """Milliseconds until all new instances accepted connections and one of them had answered through the entry."""
    failed: int
    """Requests that got no good answer, until the change was over."""
    sent: int
    why: dict[str, int]


class Traffic:
    """The load on one app. `told` is the UDP port to which an instance tells that it accepts connections."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.told: int = self._answer()

    def enter(self, port: int) -> None:
        """From now on requests go to this port."""
        self._say(f"enter {port}")

    def during(self, act: Callable[[], object], new: int) -> Change:
        """Do it, which brings so many new instances."""
        self._say(f"begin {new}")
        self._answer()
        act()
        ready = self._answer()
        self._say("end")
        return msgspec.convert({"ready": ready, **self._answer()}, Change)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return json.loads(line)
        raise Left("the load generator ended")


@contextmanager
def on(host: str) -> Iterator[Traffic]:
    """Load on the app of this host name, once it is told where to enter."""
    asked = json.dumps({"host": host, "rate": REQUESTS_PER_SECOND})
    process = subprocess.Popen(
        ["timeout", str(SECONDS_MAX), sys.executable, script.HARNESS / "load.py", asked],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Traffic(process)
    finally:
        script.end(process)
