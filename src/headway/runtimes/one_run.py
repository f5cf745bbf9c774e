"""The life of a unit that runs once: it is never started again, and what came of it stays until it is stopped."""

import asyncio
import signal

import msgspec

from headway.errors import Failure, Retry
from headway.runtimes.container import Container, Surroundings
from headway.runtimes.trouble import as_trouble
from headway.runtimes.unit_folder import State, UnitFolder, Wanted
from headway.waiting import either

OVER = "over"
"""The phase of one that has ended."""
LOST = 128 + signal.SIGKILL
"""The exit code of one that nobody saw end."""
_COULD_NOT_START = 126


class OneRun(Container):
    """One unit that runs once."""

    def __init__(self, folder: UnitFolder, wanted: Wanted, state: State, around: Surroundings) -> None:
        super().__init__(folder, wanted, state, around)
        self.over = asyncio.Event()
        """Set when it has ended, by itself or not."""
        if state.phase in {OVER, "stopped"}:
            self.over.set()

    def is_up(self) -> bool:
        """Whether it does what it promised: have been started."""
        return self.state.run > 0

    async def signal(self, number: signal.Signals) -> bool:
        """Send a signal to what it runs; whether it runs anything."""
        await self.begun.wait()
        return self._run is not None and self._run.signal(number)

    async def live(self) -> None:
        """Run it, and keep what came of it until it is stopped."""
        try:
            await super().live()
        finally:
            if self.state.phase == "stopped":
                self.over.set()

    def _state(self) -> str:
        if self.state.stopping_until is None and self.state.phase == OVER:
            return "ended"
        return super()._state()

    async def _start_when_due(self) -> None:
        if self.state.phase == OVER:
            await self._stop.wait()
            return
        await either(self._stop.wait(), self._called())
        if self._stop.is_set() or self.state.phase == OVER:
            return
        try:
            await self._start()
        except (OSError, Failure, Retry) as error:
            text = f"could not be started: {as_trouble(error, self.wanted.unit.label)}"
            self._ended(_COULD_NOT_START, text)

    async def _called(self) -> None:
        """Return when it is to be started."""

    def _ended(self, code: int, reason: str) -> None:
        """Write down that it ended, for good."""
        self._let_go()
        if code != 0 and self._is_told():
            self.folder.say(f"{self.wanted.unit.label}: {reason}")
        state = msgspec.structs.replace(self.state, phase=OVER, exit_code=code, reason=reason)
        self._keep(state, durably=True)
        self.over.set()

    def _is_told(self) -> bool:
        """Whether its output says how it ended."""
        return True
