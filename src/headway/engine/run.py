"""What a step holds in its hands while it runs, and how what it says becomes durable."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic

import msgspec

from headway.clock import Clock
from headway.engine.declare import OperationType, P, W
from headway.errors import Fenced, Unavailable
from headway.model.operations import Operation
from headway.store import operations
from headway.store.database import Database, StorageFull

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
        self._database = database
        self._clock = clock
        self._spawn = spawn
        self._pieces: list[str] = []
        self._line = 0
        self._share = 0.0
        self._flushing = asyncio.Lock()
        self._flush_due = False

    def say(self, text: str) -> None:
        """Add to the operation's log."""
        self._pieces.append(text if text.endswith("\n") else f"{text}\n")
        self._soon()

    def progress(self, share: float) -> None:
        """How much of the present step is done."""
        self._share = min(1.0, max(self._share, share))
        self._soon()

    def reached(self, *, through: int) -> int:
        """The operation's progress when `through` steps and the share of the next are done."""
        weights = [step.weight for step in self.type.steps]
        done = sum(weights[:through])
        if through < len(weights):
            done += weights[through] * self._share
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
            await self.flush()
            await self._advance()
        except (Fenced, Unavailable, StorageFull):
            return  # the performer's own next write meets the same, and decides

    async def flush(self) -> None:
        """Make durable what was said. Fenced where somebody else holds the operation."""
        async with self._flushing:
            while self._pieces:
                await self._write_piece()

    async def _advance(self) -> None:
        operation = self.operation
        reached = self.reached(through=operation.step)
        if reached > operation.progress and not operation.turning_back and not operation.phase.terminal:
            entry = operations.advanced(operation, self._clock.now(), reached)
            if await self._database.journal(entry) is not None:
                self.operation = msgspec.structs.replace(self.operation, progress=reached)

    async def _write_piece(self) -> None:
        text = "".join(self._pieces)
        piece = text[:PIECE_MAX]
        entry = operations.said(self.operation, self._clock.now(), self._line + 1, piece.replace("\0", ""))
        self._pieces = [text[PIECE_MAX:]] if len(text) > PIECE_MAX else []
        try:
            row = await self._database.journal(entry)
        except (Unavailable, StorageFull):
            self._pieces.insert(0, piece)
            raise
        if row is None:
            raise Fenced("say")
        self._line += 1
