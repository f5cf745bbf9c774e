"""The life of a unit with a terminal: it waits to be attached, runs on the terminal, and dies with it.

The terminal is this process's: when this process dies nobody is before it any more, so whatever the next one
finds of the unit is ended.
"""

import asyncio
import contextlib
import os
import secrets
import signal
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import msgspec

from headway.errors import Failure
from headway.runtimes.container import Surroundings
from headway.runtimes.one_run import LOST, OneRun
from headway.runtimes.process_spec import Place, Sandbox
from headway.runtimes.run import spawn
from headway.runtimes.terminal import PseudoTerminal
from headway.runtimes.trouble import as_trouble
from headway.runtimes.unit_folder import State, UnitFolder, Wanted

UPLOADS = "uploads"
_ENDING = {signal.SIGTERM, signal.SIGKILL}


class Attended(OneRun):
    """One unit with a terminal."""

    def __init__(self, folder: UnitFolder, wanted: Wanted, state: State, around: Surroundings) -> None:
        super().__init__(folder, wanted, state, around)
        self._terminal: PseudoTerminal | None = None
        self._call = asyncio.Event()

    def is_up(self) -> bool:
        """Whether it can be attached, or could."""
        return True

    def attach(self) -> PseudoTerminal:
        """Let it start on a terminal. Failure `not-waiting` where it does not wait for one."""
        self._waits()
        if not self._around.machine.setsid:
            raise Failure("no-terminal", "this machine has no setsid (util-linux), so there are no terminals")
        with _trouble_told(self.wanted.unit.label):
            self._terminal = PseudoTerminal(self.wanted.user)
        self._call.set()
        return self._terminal

    async def put(self, name: str, chunks: AsyncIterator[bytes]) -> None:
        """Keep a file for its /tmp/uploads. Failure `not-waiting`, or for a disk that is full."""
        self._waits()
        part = self.folder.path / f"upload-{secrets.token_hex(8)}"
        try:
            async for chunk in chunks:
                with _trouble_told(name), part.open("ab") as file:
                    file.write(chunk)
            self._waits()
            with _trouble_told(name):
                part.touch()
                uploads = self.folder.path / UPLOADS
                uploads.mkdir(mode=0o700, exist_ok=True)
                part.rename(uploads / name)
        finally:
            part.unlink(missing_ok=True)

    async def signal(self, number: signal.Signals) -> bool:
        """Send a signal to what it runs; one that ends ends it also before it has begun."""
        await self.begun.wait()
        while self._call.is_set() and self.state.phase == "new":
            await self.changed.wait()
        if self.state.phase == "new" and number in _ENDING:
            self._ended(128 + number, "ended before it was attached")
            self._call.set()
            return True
        return await super().signal(number)

    async def live(self) -> None:
        """Wait for its terminal, run on it, and keep what came of it until it is stopped."""
        try:
            await super().live()
        finally:
            if self._terminal is not None:
                self._terminal.over()
                if self.state.phase == "running":
                    # This control plane goes, and the terminal with it.
                    self._terminal.hang_up()

    def _waits(self) -> None:
        waits = self.state.phase == "new" and self.state.stopping_until is None and self._terminal is None
        if not waits:
            raise Failure("not-waiting", f"{self.wanted.unit.label} does not wait for a terminal")

    def _is_due(self) -> bool:
        return False

    async def _called(self) -> None:
        await self._call.wait()

    async def _settle(self) -> None:
        await super()._settle()
        if self.state.phase == "running" and self.state.stopping_until is None:
            if self._run is None:
                self._ended(LOST, "lost its terminal")
            else:
                await self._ended_by_itself(self._run)

    def _furnish(self, folder: Path) -> None:
        uploads = self.folder.path / UPLOADS
        if not uploads.exists():
            return
        inside = uploads.rename(folder / "tmp" / UPLOADS)
        for place in (*inside.iterdir(), inside):
            place.chmod(0o755 if place == inside else 0o644)
            if self.wanted.user is not None:
                os.chown(place, self.wanted.user, self.wanted.user)

    def _sandbox(self) -> Sandbox:
        return msgspec.structs.replace(super()._sandbox(), terminal=True, dies_with_parent=True)

    def _launch(self, argv: list[str], place: Place, lock: int) -> int:
        assert self._terminal is not None, f"{self.wanted.unit.id} has no terminal"
        output = os.open(self._terminal.path, os.O_RDWR | os.O_NOCTTY)
        try:
            return spawn(argv, folder=place.folder, lock=lock, output=output, input=self._terminal.path)
        finally:
            os.close(output)

    def _ended(self, code: int, reason: str) -> None:
        if self._terminal is not None:
            self._terminal.over("" if self.state.phase == "running" else f"{reason}\n")
        super()._ended(code, reason)

    def _is_told(self) -> bool:
        return False


@contextlib.contextmanager
def _trouble_told(what: str) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise as_trouble(error, what) from error
