"""What everybody who runs apps is put through, and how it is counted: the same stages for all."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bench import traffic
from bench.contest import Figures, Left, Size
from bench.measure import cpu_seconds, memory_mb

APPS = Path(__file__).parent / "apps"
PYTHON, NODE = "/usr/bin/python3", "/usr/bin/node"
LANGUAGES = ("python", "node")
PROGRAMS = {"python": (PYTHON, "web.py"), "node": (NODE, "web.js")}
CHANGES = ("start one", "scale to 20", "restart all 20")
MANY = 20
IDLE = (0, MANY, 200)
PROCESSOR = f"processor time of the control plane, {MANY} idle"
LINES, LOST = "log lines of one container, kept", "log lines lost"
LINE_BYTES = 100
_SETTLE_SECONDS = 1.0
_SECONDS_MAX = 60


def ready(language: str, change: str) -> str:
    """The name of a measure."""
    return f"{language}: {change}, ready"


def failed(language: str, change: str) -> str:
    """The name of a measure."""
    return f"{language}: {change}, failed"


def memory(number: int) -> str:
    """The name of a measure."""
    return f"memory of the control plane, {number} idle"


class App(Protocol):
    """An app in the hands of somebody. `amount` is how many instances there are to be; each call returns when it is done."""

    port: int

    def scale(self, amount: int) -> None:
        """So many are to run."""
        ...

    def restart(self) -> None:
        """All are replaced, as gently as it can be done."""
        ...


def changes(app: App, language: str, load: traffic.Traffic, size: Size) -> Figures:
    """Start one, scale, restart: how long, and what failed meanwhile."""
    many = 3 if size.quick else MANY
    load.enter(app.port)
    acts: tuple[tuple[Callable[[], None], int], ...] = (
        (lambda: app.scale(1), 1),
        (lambda: app.scale(many), many - 1),
        (app.restart, many),
    )
    figures: dict[str, float] = {}
    for name, (act, new) in zip(CHANGES, acts, strict=True):
        change = load.during(act, new)
        figures[ready(language, name)] = change.ready
        if name != CHANGES[0]:
            # Before the first one is there nobody can answer.
            figures[failed(language, name)] = change.failed
        time.sleep(size.seconds(_SETTLE_SECONDS))
    return figures


def held(scale: Callable[[int], None], pid: int, size: Size) -> Figures:
    """Memory, and processor time, of who holds so many containers that sleep."""
    figures: dict[str, float] = {}
    for number in IDLE:
        amount = min(number, 2) if size.quick else number
        if amount:
            scale(amount)
        time.sleep(size.seconds(2))
        if number == MANY:
            seconds, began = size.seconds(15), cpu_seconds(pid)
            time.sleep(seconds)
            figures[PROCESSOR] = (cpu_seconds(pid) - began) * 60_000 / seconds
        figures[memory(number)] = memory_mb(pid)["Rss"]
    return figures


def lines(size: Size) -> int:
    """How many lines the container says that is heard."""
    return 20_000 if size.quick else 2_000_000


@contextmanager
def hearing() -> Iterator[tuple[int, Callable[[], None]]]:
    """A UDP port to which `apps/speak.py` tells, and what returns when it has told once more."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ears:
        ears.bind(("127.0.0.1", 0))
        ears.settimeout(_SECONDS_MAX)

        def heard() -> None:
            try:
                ears.recv(16)
            except TimeoutError as error:
                raise Left("the container that talks did not begin, or did not come to its end") from error

        yield ears.getsockname()[1], heard


def kept(folder: Path, pattern: str, began: float, size: Size, number: Callable[[], list[int]]) -> Figures:
    """Lines a second from the begin until the last was in the files, and how many are missing."""
    wanted, until = lines(size), time.monotonic() + _SECONDS_MAX
    while (taken := _bytes(folder, pattern)) < wanted * LINE_BYTES and time.monotonic() < until:
        time.sleep(0.05)
    ended = max((file.stat().st_mtime for file in folder.rglob(pattern)), default=began)
    found = number()
    assert taken == 0 or found == sorted(set(found)), "lines came twice, or out of order"
    return {LINES: len(found) / (ended - began), LOST: wanted - len(found)}


def _bytes(folder: Path, pattern: str) -> int:
    return sum(file.stat().st_size for file in folder.rglob(pattern))
