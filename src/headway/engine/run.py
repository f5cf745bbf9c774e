"""What a step holds in its hands while it runs, and how what it says becomes durable."""

import asyncio
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

PIECE_MAX = 64 * 1024


class Live(Generic[P, W]):
    """A `Run`: one operation in the hands of one worker. `soon` is called when it has something to write down."""

    def __init__(
        self,
        world: W,
        type: OperationType[P, W],
        operation: Operation,
        *,
        database: Database,
        clock: Clock,
        soon: "Callable[[Live[Any, Any]], None]",
    ) -> None:
        self.world = world
        self.type = type
        self.params: P = msgspec.json.decode(operation.params, type=type.params)
        self.operation = operation
        self.notes: dict[str, Any] = {}
        self.cancel_wanted = operation.cancel_requested_at is not None
        self.refused = False
        """Whether a write was refused: then the task ends by itself, when it has said so."""
        self.task: asyncio.Task[None] | None = None
        """What performs it."""
        self.stopping = False
        """Whether this node lets go of it, whatever its step makes of that."""
        self._interruptible = False
        self._interrupted = False
        self._database = database
        self._clock = clock
        self._soon = soon
        self._due = False
        self._said: list[str] = []
        self._pieces: list[LogLine] = []
        """What was said, numbered: the same until it is on disk, also where an answer is lost."""
        self._line = 0
        self._taken_along = 0
        """Up to which piece a write of the operation has what was said, on its way to the disk."""
        self._share = 0.0

    # -- for steps -----------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Add to the operation's log."""
        self._said.append(text if text.endswith("\n") else f"{text}\n")
        self._call()

    def progress(self, share: float) -> None:
        """How much of the present step is done."""
        self._share = min(1.0, max(self._share, share))
        self._call()

    def _call(self) -> None:
        if not self._due:
            self._due = True
            self._soon(self)

    # -- where it stands -----------------------------------------------------------------------------------

    def reached(self, *, through: int, share: float = 0.0) -> int:
        """The operation's progress when `through` steps and a share of the next are done."""
        behind = self.type.weights_behind
        done = behind[through] + (share * (behind[through + 1] - behind[through]) if share else 0)
        return max(self.operation.progress, int(100 * done / behind[-1]))

    def next_step(self, operation: Operation) -> None:
        """Stand at another step."""
        self.operation = operation
        self._share = 0.0

    # -- stopping ------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Let go of it: its task ends at the next wait, and nothing more is begun."""
        self.stopping = True
        if self.task is not None:
            self.task.cancel()

    def want_cancelled(self) -> None:
        """Somebody wants it cancelled: stop its step where it may be stopped."""
        if not self.cancel_wanted:
            self.cancel_wanted = True
            if self._interruptible and self.task is not None:
                self._interrupted = True
                self.task.cancel()

    def stoppable(self, may: bool) -> None:
        """Whether a cancel may stop the task where it stands now."""
        self._interruptible = may

    @property
    def interrupted(self) -> bool:
        """Whether the task was stopped because of a cancel, and has not gone on since."""
        return self._interrupted and not self.stopping

    def go_on(self) -> None:
        """Forget what was done to the task, by a cancel or by the step itself, unless this node stops."""
        self._interruptible = self._interrupted = False
        task = asyncio.current_task()
        while not self.stopping and task is not None and task.cancelling():
            task.uncancel()

    # -- writing down --------------------------------------------------------------------------------------

    def resume_log(self, last: int) -> None:
        """Go on behind line `last`."""
        self._line = last

    def unsaid(self) -> tuple[LogLine, ...]:
        """What was said and is not on disk, in pieces; as long as one is not, it stays as it is."""
        if self._said:
            text, self._said = "".join(self._said).replace("\0", ""), []
            now = self._clock.now()
            for start in range(0, len(text), PIECE_MAX):
                self._line += 1
                self._pieces.append(LogLine(n=self._line, at=now, text=text[start : start + PIECE_MAX]))
        return tuple(self._pieces)

    def takes_along(self, pieces: tuple[LogLine, ...]) -> None:
        """A write of the operation, which is repeated until it is known what became of it, has these."""
        self._taken_along = pieces[-1].n if pieces else self._taken_along

    def said(self, pieces: tuple[LogLine, ...]) -> None:
        """These are on disk."""
        while pieces and self._pieces and self._pieces[0].n <= pieces[-1].n:
            del self._pieces[0]

    def heard(self) -> bool:
        """The call was heard. Whether anything is to be written down still: the next step took along what it could."""
        self._due = False
        left = self._said or self._share or (self._pieces and self._pieces[-1].n > self._taken_along)
        return not self.operation.phase.terminal and bool(left)

    async def write_down(self) -> None:
        """How far it is, and what it said. The next write of the operation itself takes along what this cannot."""
        try:
            await self._advance()
            await self.flush()
        except Exception as error:  # noqa: BLE001 - the performer's own next write meets the same, and decides
            log.debug("what was said is not written down yet: %s", error)

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
