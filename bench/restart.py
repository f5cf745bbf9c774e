"""How long the control plane is away when it is restarted: told to end, or killed, while many follow what happens.

Away is from the signal until `/healthz` answers again. Whoever polls, as clients of Workiva's do, rides through it as long as
that is shorter than they try to connect: seven seconds at the least.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from bench.contest import Benchmark, Contender, Figures, Left, Measure, Place, Round, Size, Within
from bench.measure import cpu_seconds, free_port

ENDED, TERMINATED, KILLED = (
    "told to end, until it has",
    "told to end, until it answers",
    "killed, until it answers",
)
STARTED = "a start"
SECONDS_MAX = 5.0
FOLLOWERS = 200
HEADWAY = (sys.executable, "-m", "headway")


def benchmark(_: Size) -> Benchmark:
    """The table."""
    return Benchmark(
        name="restart",
        measures=(
            *(Measure(it, "ms", more_is_better=False) for it in (ENDED, TERMINATED, KILLED)),
            Measure(STARTED, "ms of processor", more_is_better=False),
        ),
        contenders=(Contender("headway", _opened), Contender("bare Python", _bare)),
        targets=tuple(Within(measure=it, bound=SECONDS_MAX * 1000) for it in (TERMINATED, KILLED)),
    )


class _Control:
    """A control plane on a data folder."""

    def __init__(self, folder: Path) -> None:
        self.port, apps, attach, ssh = (free_port() for _ in range(4))
        self._folder = folder
        listens = {"listen": self.port, "apps": apps, "attach": attach, "ssh": ssh}
        self._options = [
            part for name, port in listens.items() for part in (f"--{name}", f"127.0.0.1:{port}")
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the control plane."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Return when it answers."""
        data = ["--data", str(self._folder / "data")]
        with (self._folder / "output").open("ab") as output:
            argv = [*HEADWAY, "up", *data, *self._options]
            self._process = subprocess.Popen(argv, stdout=output, stderr=output)
        while not self._answers():
            if self._process.poll() is not None:
                raise Left(f"it did not start: {(self._folder / 'output').read_text().strip()[-300:]}")
            time.sleep(0.005)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def end(self, number: int) -> None:
        """Return when it has ended."""
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(60)

    def down(self) -> None:
        """Nothing of it runs any more."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self.end(signal.SIGTERM)
        argv = [*HEADWAY, "down", "--data", str(self._folder / "data")]
        subprocess.run(argv, check=False, capture_output=True, timeout=120)

    def follow(self, stack: ExitStack) -> None:
        """Many follow everything that happens."""
        token = (self._folder / "data" / "admin.token").read_text().strip()
        head = f"GET /headway/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        for _ in range(FOLLOWERS):
            follower = stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
            follower.sendall(head.encode())
            follower.recv(1024)


@contextmanager
def _opened(place: Place) -> Iterator[Round]:
    place.folder.mkdir(exist_ok=True)
    control = _Control(place.folder)
    control.start()
    try:
        yield lambda: _round(control)
    finally:
        control.down()


def _round(control: _Control) -> Figures:
    with ExitStack() as stack:
        control.follow(stack)
        began = time.monotonic()
        control.end(signal.SIGTERM)
        ended = time.monotonic()
        control.start()
        terminated = time.monotonic()
        control.follow(stack)
        killed = time.monotonic()
        control.end(signal.SIGKILL)
        control.start()
        answers = time.monotonic()
    return {
        ENDED: (ended - began) * 1000,
        TERMINATED: (terminated - began) * 1000,
        KILLED: (answers - killed) * 1000,
        STARTED: cpu_seconds(control.pid) * 1000,
    }


@contextmanager
def _bare(_: Place) -> Iterator[Round]:
    """What the machine itself takes to start a Python that does nothing."""

    def round() -> Figures:
        began, used = time.monotonic(), _used()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        took = (time.monotonic() - began) * 1000
        return {TERMINATED: took, KILLED: took, STARTED: (_used() - used) * 1000}

    yield round


def _used() -> float:
    times = os.times()
    return times.children_user + times.children_system
