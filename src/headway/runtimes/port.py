"""The runtime port: running containers, and short tasks in the same kind of sandbox.

Every call brings about a state and may be repeated; none adds a change. A runtime knows nothing of SQL,
operations or HTTP: what it must remember across the death of the control plane it keeps in its own
folder. Containers live on while the control plane is dead and are adopted by the next one.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from headway.model.sizes import Size


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One container as it is wanted. Two units are the same one if their ids are equal."""

    id: str
    """Unique for ever: letters, digits and hyphens, at most 64."""
    app_id: str
    """Containers of one app share an unprivileged user; containers of two apps never do."""
    label: str
    """`web-1`: what people call it. Two units may share a label while one replaces the other."""
    slug: Path
    """The folder that becomes /app: read by all containers, each writing to its own copy."""
    command: str
    """Run by a shell in /app."""
    environment: Mapping[str, str]
    """Complete but for PORT, which the runtime sets where `listens`."""
    size: Size
    listens: bool
    """Whether it must accept connections on PORT."""
    once: bool = False
    """Whether it runs to its end and is never started again; then it stays there, `ended`, until it is stopped."""
    terminal: bool = False
    """Of one that runs once: whether it waits to be attached to a terminal, and dies with that."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """One container as it is."""

    id: str
    app_id: str
    label: str
    state: str
    """starting, running, waiting (for a restart after a crash), crashed, stopping, or ended (of one that runs once).

    One with a terminal is starting until it is attached.
    """
    address: tuple[str, int] | None
    """Where it accepts connections, for a unit that listens."""
    started_at: int | None
    crashes: int
    """In a row, as the crash policy counts."""
    exit_code: int | None
    """How it last ended: the code, or 128 and the signal."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one container uses now."""

    id: str
    app_id: str
    label: str
    cpu_seconds: float
    """Of all cores together, since it was last started: it begins anew when the container is started again."""
    memory_bytes: int
    """Without what of it holds only files that could be read again."""
    memory_limit_bytes: int
    memory_highest_bytes: int
    """The most since it was last started, such files included, as far as the system tells; never less than now."""
    swap_bytes: int
    swap_highest_bytes: int
    """The most since it was last started, likewise."""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A run of whole lines from one container, and where in its output they end.

    Without text: the container has stopped, and its output ends here.
    """

    unit: str
    app_id: str
    label: str
    text: bytes
    """Each line with its newline: much of it at once, since who keeps it needs no line for itself."""
    end: int
    """The offset behind the last of them: what `forget_output` takes once they are safe."""

    @property
    def lines(self) -> list[bytes]:
        """The lines, without their newlines."""
        return self.text.split(b"\n")[:-1]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A short piece of work in a sandbox: a build. It dies with the control plane."""

    id: str
    app_id: str
    folder: Path
    """Becomes /app, writable; what is left there is the result."""
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    size: Size
    mounts: Mapping[str, Path] = {}
    """Further folders, read-only, by their path inside."""
    writable: Mapping[str, Path] = {}
    """Further folders, writable, by their path inside: caches."""
    seconds_max: float = 1800
    output_bytes_max: int = 16 << 20
    disk_bytes_max: int | None = None
    """How much may lie in its folder, its /tmp and what else it writes to, together; None: as much as there is.

    No file of it grows larger either: who writes on gets SIGXFSZ.
    """
    network: bool = True


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """A program of ours that reads what strangers have sent: git, on what was pushed."""

    app_id: str
    argv: tuple[str, ...]
    folder: Path
    """All that it may write to; it is where it is, inside too."""
    mounts: tuple[Path, ...] = ()
    """What else of ours it may read, likewise."""


class Terminal(Protocol):
    """The terminal of one unit, as the person before it sees it. Who has it hangs up at the end."""

    async def read(self) -> bytes:
        """What the unit says next; nothing once it has ended and all that it said was read."""
        ...

    async def write(self, typed: bytes) -> None:
        """Type; return when the terminal has taken it. What is typed behind the end is lost."""
        ...

    def resize(self, width: int, height: int) -> None:
        """Let it be so many columns and lines, 1 to 65,535; the unit is told by SIGWINCH."""
        ...

    def echo(self, *, on: bool) -> None:
        """Whether what is typed is shown; nothing where the unit edits its lines itself."""
        ...

    def hang_up(self) -> None:
        """Go away: the unit gets SIGHUP. Twice is fine."""
        ...


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that this machine offers or lacks, in words, for `doctor` and an app's page."""

    name: str
    level: str
    """good, reduced, or missing."""
    text: str


class Runtime(Protocol):
    """Runs containers. Raises `errors.Failure` for what the unit does wrong, `errors.Retry` for trouble of its own."""

    async def ensure(self, unit: Unit) -> Status:
        """Start the unit unless it is there; from now on keep it running by the crash policy.

        A unit that is there already, in whatever state, is left as it is.
        """
        ...

    async def ready(self, unit_id: str, *, seconds: float) -> Status:
        """Return once the unit accepts connections on PORT (one that does not listen: once it runs, or did).

        Failure `timeout-error` if it does not within `seconds`, `crashed-error` if it ends before that; the text
        names the label and carries the last lines of its output.
        """
        ...

    async def stop(self, unit_id: str, *, grace_seconds: float = 30) -> None:
        """SIGTERM, then SIGKILL to the whole tree after the grace; return when nothing of it runs any more.

        Its remaining output stays readable until `forget_output` says that all of it has been kept. A unit that is
        not there is stopped.
        """
        ...

    async def signal(self, unit_id: str, number: int) -> bool:
        """Send a signal to what the unit runs; whether it runs anything.

        One that waits for its terminal is ended by SIGTERM and SIGKILL.
        """
        ...

    async def attach(self, unit_id: str) -> Terminal:
        """Start a unit that waits for its terminal, on that terminal. Failure `not-waiting` where it does not wait.

        When the control plane dies, the terminal does, and the unit with it.
        """
        ...

    async def put(self, unit_id: str, name: str, chunks: AsyncIterator[bytes]) -> None:
        """Put a file into /tmp/uploads of a unit that waits for its terminal; replaces one of that name.

        Failure `not-waiting`, or `no-space`; then nothing of it stays. `name` has no folder in it.
        """
        ...

    async def ended(self, unit_id: str) -> Status | None:
        """Return once a unit that runs once has ended, by itself or otherwise; None where it is not there."""
        ...

    def ends(self) -> AsyncIterator[Status]:
        """Each unit that runs once and has ended, present ones and those to come. Never ends by itself."""
        ...

    async def last_lines(self, unit_id: str) -> list[str]:
        """The last few lines that the unit said, also where it has ended; none where it is not there."""
        ...

    async def units(self, app_id: str | None = None) -> list[Status]:
        """All units that are there, of one app or of all, by label."""
        ...

    async def usage(self, app_id: str | None = None) -> list[Usage]:
        """What each unit that runs uses now, of one app or of all, by label; one that runs nothing is left out."""
        ...

    def output(self, offsets: Mapping[str, int]) -> AsyncIterator[Output]:
        """The output of all units, present and future, each from its offset in `offsets` (else from 0).

        Never ends by itself. Lines over 16 KiB come in pieces. stdout and stderr are one stream. A stopped unit whose
        output has been read to its end is told of once more, without lines.
        """
        ...

    async def forget_output(self, unit_id: str, end: int) -> bool:
        """Output before `end` has been kept elsewhere: free its disk, but for the last lines, which `ready` may tell.

        A stopped unit that has no output behind `end` is forgotten, with all that is kept of it. Whether nothing
        more will come: it is forgotten now, or was not there.
        """
        ...

    async def perform(self, task: Task, said: Callable[[bytes], None]) -> int:
        """Run the task to its end and return its exit code; `said` gets its output as it comes.

        Cancelling this call kills the whole tree before it returns. Failure `timeout-error` over `seconds_max`,
        `disk-error` soon after it is over `disk_bytes_max`, `no-space` where it has such a limit and the disk is
        about to be full.
        """
        ...

    def confined(self, errand: Errand) -> list[str]:
        """The command line with which to start it, and with nothing but its own environment. Blocks: for a thread.

        It runs as the app's user, whose the folder is then, and reaches nothing but that, its mounts and the machine's
        programs: no network, no other process; as far as the machine allows. It dies with the thread that starts it.
        """
        ...

    def offers(self) -> list[Offer]:
        """What this machine offers, in words."""
        ...
