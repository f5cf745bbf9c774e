"""What a step holds in its hands while it runs, and how what it says becomes durable."""

import logging
from collections.abc import Callable
from typing import Any, Generic

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType, P, W
from headway.errors import Fenced
from headway.model.operations import LogLine, Operation
from headway.store import operations
from headway.store.database import Database

log = logging.getLogger("engine")

FLUSH_SECONDS = 0.1
PIECE_MAX = 64 * 1024


class Live(Generic[P, W]):
    """A `Run`: one operation in the hands of one worker."""

    def __init__(
        self,
        world: W,
        type: OperationType[P, W],
        operation: Operation,
        *,
        database: Database,
        clock: Clock,
        spawn: Callable[[Any], object],
    ) -> None:
        self.world = world
        self.type = type
        self.params: P = msgspec.json.decode(operation.params, type=type.params)
        self.operation = operation
        self.notes: dict[str, Any] = {}
        self.cancel_wanted = operation.cancel_requested_at is not None
        self.interruptible = False
        """Whether the task that performs it stands where a cancel may stop it."""
        self.interrupted = False
        """Whether that task was stopped there because of a cancel, and has not gone on since."""
        self.refused = False
        """Whether a write was refused: then the task ends by itself, when it has said so."""
        self._database = database
        self._clock = clock
        self._spawn = spawn
        self._said: list[str] = []
        self._pieces: list[LogLine] = []
        """What was said, numbered: the same until it is on disk, also where an answer is lost."""
        self._line = 0
        self._share = 0.0
        self._flush_due = False

    def say(self, text: str) -> None:
        """Add to the operation's log."""
        self._said.append(text if text.endswith("\n") else f"{text}\n")
        self._soon()

    def progress(self, share: float) -> None:
        """How much of the present step is done."""
        self._share = min(1.0, max(self._share, share))
        self._soon()

    def reached(self, *, through: int, share: float = 0.0) -> int:
        """The operation's progress when `through` steps and a share of the next are done."""
        weights = [step.weight for step in self.type.steps]
        done = sum(weights[:through])
        if share:
            done += weights[through] * share
        return max(self.operation.progress, int(100 * done / sum(weights)))

    def next_step(self, operation: Operation) -> None:
        """Stand at another step."""
        self.operation = operation
        self._share = 0.0

    def resume_log(self, last: int) -> None:
        """Go on behind line `last`."""
        self._line = last

    def _soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            self._spawn(self._later())

    async def _later(self) -> None:
        await self._clock.sleep(FLUSH_SECONDS)
        self._flush_due = False
        try:
            await self._advance()
            await self.flush()
        except Exception as error:  # noqa: BLE001 - the performer's own next write meets the same, and decides
            log.debug("what was said is not written down yet: %s", error)

    def unsaid(self) -> tuple[LogLine, ...]:
        """What was said and is not on disk, in pieces; as long as one is not, it stays as it is."""
        if self._said:
            text, self._said = "".join(self._said).replace("\0", ""), []
            now = self._clock.now()
            for start in range(0, len(text), PIECE_MAX):
                self._line += 1
                self._pieces.append(LogLine(n=self._line, at=now, text=text[start : start + PIECE_MAX]))
        return tuple(self._pieces)

    def said(self, pieces: tuple[LogLine, ...]) -> None:
        """These are on disk."""
        if pieces:
            self._pieces = [piece for piece in self._pieces if piece.n > pieces[-1].n]

    async def flush(self) -> None:
        """Make durable what was said. Fenced where somebody else holds the operation."""
        for piece in self.unsaid():
            entry = operations.said(self.operation, piece)
            if await self._database.journal(entry) is None and piece in self._pieces:
                raise Fenced("say")
            self.said((piece,))

    async def _advance(self) -> None:
        operation, log = self.operation, self.unsaid()
        reached = self.reached(through=max(0, operation.step), share=self._share)
        if reached > operation.progress and not operation.turning_back and not operation.phase.terminal:
            entry = operations.advanced(operation, self._clock.now(), reached, log=log)
            if await self._database.journal(entry) is not None:
                self.said(log)
                progress = max(reached, self.operation.progress)
                self.operation = msgspec.structs.replace(self.operation, progress=progress)
