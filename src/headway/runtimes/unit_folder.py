"""What is kept of a unit on disk, so that the next control plane knows it.

units/ID/unit.json    what is wanted; written before anything is started, never changed
units/ID/state.json   how far it got; written before each act that it announces
units/ID/lock         locked by whatever lives of the unit
units/ID/out          its output; zero bytes in it are no text
units/ID/cut.json     where its output goes on since the app cut it off; see cut
units/ID/runs/N/      what is kept of run N: who it is, how it ended, its layers
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from headway.runtimes.cut import Cut
from headway.runtimes.port import Unit

T = TypeVar("T")
LAST_LINES_BYTES = 4096
"""How far back the last lines are looked for: never forgotten while the unit is there."""
_FOLDER_MODE = 0o711
_END_BYTES = 64


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as it was asked for."""

    unit: Unit
    port: int | None
    user: int | None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far a unit got. `run` counts its starts."""

    run: int = 0
    phase: str = "new"
    """new; running: run `run` was started or is about to be; ended; crashed; stopped."""
    stopping_until: int | None = None
    """It is to be stopped, and killed at this time, in microseconds UTC."""
    crashes: int = 0
    exit_code: int | None = None
    started_at: int | None = None
    restart_at: int | None = None
    reason: str = ""
    """Why it ended, where there is more to say than its exit code."""


class UnitFolder:
    """The folder of one unit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = path / "lock"
        self.out = path / "out"

    def run(self, number: int) -> Path:
        """The folder of one run."""
        return self.path / "runs" / str(number)

    def last_run(self) -> int:
        """The number of the newest run whose folder is there, else 0."""
        return max((int(place.name) for place in (self.path / "runs").glob("*")), default=0)

    def wanted(self) -> Wanted | None:
        """The unit, or None where its making was not finished."""
        return read(self.path / "unit.json", Wanted)

    def state(self) -> State:
        """How far it got."""
        return read(self.path / "state.json", State) or State()

    def begin(self, wanted: Wanted, state: State) -> None:
        """Make the folder, or begin anew in it; for good from the moment that this returns. OSError if it cannot."""
        self.path.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        (self.path / "runs").mkdir(mode=_FOLDER_MODE, exist_ok=True)
        descriptor = os.open(self.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if wanted.user is not None:
            # The app's own: programs open /dev/stdout and /dev/stderr by name.
            os.fchown(descriptor, wanted.user, wanted.user)
        try:
            if os.fstat(descriptor).st_size == 0:
                # Gone as soon as the app cuts its output off: see cut.
                os.write(descriptor, b"\0")
        finally:
            os.close(descriptor)
        self.save(state)
        write(self.path / "unit.json", wanted, durably=True)
        flush_folder(self.path.parent)

    def save(self, state: State, *, durably: bool = False) -> None:
        """Keep the state. OSError if it cannot."""
        write(self.path / "state.json", state, durably=durably)

    def say(self, text: str) -> None:
        """Add a line of ours to the unit's output, and end the line before it if it is not ended."""
        with contextlib.suppress(OSError):
            self.end_line()
            with self.out.open("ab") as out:
                out.write(f"{text}\n".encode())

    def end_line(self) -> None:
        """End the last line of the output."""
        with contextlib.suppress(OSError), self.out.open("rb") as out:
            out.seek(max(0, out.seek(0, os.SEEK_END) - _END_BYTES))
            end = out.read().rstrip(b"\0")
            if end and not end.endswith(b"\n"):
                with self.out.open("ab") as added:
                    added.write(b"\n")

    def cut(self) -> Cut:
        """How its output stands."""
        return read(self.path / "cut.json", Cut) or Cut()

    def keep_cut(self, cut: Cut) -> None:
        """Keep how its output stands. OSError if it cannot."""
        write(self.path / "cut.json", cut, durably=False)

    def place_of(self, offset: int) -> int:
        """The place in the output file of an offset; negative if that has been cut off."""
        return offset - self.cut().base

    def output_bytes(self) -> int:
        """The offset at which its output ends."""
        try:
            return self.cut().base + self.out.stat().st_size
        except FileNotFoundError:
            return 0

    def has_no_room(self) -> bool:
        """Whether the disk is full: much goes wrong then that does not say why."""
        with contextlib.suppress(OSError):
            return os.statvfs(self.path).f_bavail == 0
        return False

    def last_lines(self, count: int = 10) -> list[str]:
        """The end of its output."""
        with contextlib.suppress(OSError), self.out.open("rb") as out:
            out.seek(max(0, out.seek(0, os.SEEK_END) - LAST_LINES_BYTES))
            lines = out.read().replace(b"\0", b"").decode(errors="replace").splitlines()
            return lines[-count:]
        return []

    def remove(self) -> None:
        """Remove all of it; interrupted, it is a folder that never was made whole, and goes at the next start."""
        (self.path / "unit.json").unlink(missing_ok=True)
        remove_tree(self.path)


def write(file: Path, record: Any, *, durably: bool) -> None:
    """Replace the file by the record, whole or not at all; `durably`: it survives the machine's death, too.

    It is its owner's alone: a unit's environment is in it.
    """
    beside = file.with_suffix(".new")
    with open(beside, "wb", opener=_private) as out:
        out.write(msgspec.json.encode(record, enc_hook=str))
        if durably:
            out.flush()
            os.fsync(out.fileno())
    beside.rename(file)
    if durably:
        flush_folder(file.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive the machine's death."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all in it, whatever modes an app gave them; nothing if there is none."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    folder.chmod(0o700)
    for place, folders, _ in os.walk(folder):
        for name in folders:
            if not Path(place, name).is_symlink():
                Path(place, name).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def remove_trees(folders: Iterable[Path]) -> None:
    """Remove these folders."""
    for folder in folders:
        remove_tree(folder)


def read(file: Path, type: type[T]) -> T | None:
    """The record in the file, or None where there is none that is whole. OSError if it cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=type, dec_hook=lambda wanted, value: wanted(value))
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
