"""An operation: the durable record of one slow change.

        accepted ──▶ queued ──▶ running ──▶ succeeded
            │           │          ├──────▶ failed
            └───────────┴──────────┴──────▶ cancelled        (accepted and queued may also fail)

A phase is never left for an earlier one, and a terminal phase is never left. Everything that comes and
goes (attempt, cancelling, turning back, progress) stands beside the phase and is no phase of its own.
"""

import enum
from typing import Any

import msgspec

NOTE_BYTES_MAX = 64 * 1024
LOG_LINE_BYTES_MAX = 16 * 1024


class Phase(enum.IntEnum):
    """Where an operation stands. The numbers are stored; terminal phases are 3 and above."""

    ACCEPTED = 0
    QUEUED = 1
    RUNNING = 2
    SUCCEEDED = 3
    FAILED = 4
    CANCELLED = 5

    @property
    def terminal(self) -> bool:
        """Whether the operation has ended."""
        return self >= Phase.SUCCEEDED


ENDS: frozenset[str] = frozenset(f"operation.{phase.name.lower()}" for phase in Phase if phase.terminal)
"""The events that end an operation: one of them, once."""

NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.ACCEPTED: frozenset({Phase.QUEUED, Phase.FAILED, Phase.CANCELLED}),
    Phase.QUEUED: frozenset({Phase.RUNNING, Phase.FAILED, Phase.CANCELLED}),
    Phase.RUNNING: frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED}),
    Phase.SUCCEEDED: frozenset(),
    Phase.FAILED: frozenset(),
    Phase.CANCELLED: frozenset(),
}


ACTIVE: frozenset[Phase] = frozenset(phase for phase in Phase if not phase.terminal)
EVERY: frozenset[Phase] = frozenset(Phase)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants something, and through which door: kept on every event."""

    account_id: int = 0
    name: str = "headway"
    dialect: str = "headway"
    request_id: str = ""


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """Why an operation did not succeed: a word for machines, a sentence for people."""

    code: str
    text: str


class Operation(msgspec.Struct, frozen=True):
    """One operation as its row says. Field order is column order."""

    id: int
    type: str
    target: str
    """What it is about, as `noun:id`."""
    exclusive: bool
    """Whether it holds the target: no second exclusive operation on it may be active."""
    phase: Phase
    params: str
    """JSON of the type's params."""
    account_id: int
    owner: int | None
    """The node that performs it; None while nobody does."""
    fence: int
    """Rises with each claim; a write with an older fence is refused."""
    step: int
    """Forward: how many steps are done. Turning back: the step whose undo is next."""
    turning_back: bool
    attempt: int
    """How often the present step has been begun, from 1."""
    progress: int
    """0 to 100, never falls; it means processed, so a failed one may show 100."""
    cancel_requested_at: int | None
    cancel_reason: str
    detail: Detail | None
    """Set from the moment it turns back, and kept when it failed or was cancelled."""
    created_at: int
    started_at: int | None
    updated_at: int
    finished_at: int | None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, in the one sequence of everything that happened."""

    seq: int
    """Gapless from 1 over the whole platform."""
    at: int
    name: str
    operation: int | None
    """The operation that it belongs to."""
    target: str
    by: Actor
    data: dict[str, Any]


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event before the store has numbered it."""

    at: int
    name: str
    operation: int | None = None
    target: str = ""
    by: Actor = Actor()
    data: dict[str, Any] = {}


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line, or one piece of output, that an operation said. `n` rises from 1, gapless."""

    n: int
    at: int
    text: str


class Tombstone(msgspec.Struct, frozen=True):
    """What is left of an operation after its retention. Field order is column order."""

    id: int
    type: str
    phase: Phase
    account_id: int
    created_at: int
    finished_at: int


class Link(msgspec.Struct, frozen=True):
    """That one operation was begun because of another. Field order is column order."""

    child: int
    parent: int
    kind: str
    """`retry`: the same again. `undo`: what brings back the state before it."""


ID_MAX = (1 << 63) - 1


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Which operations are looked for."""

    type: str = ""
    phases: frozenset[Phase] = EVERY
    target: str = ""
    actor: int = 0
    """Whoever began them; 0 is anybody."""
    since: int = 0
    """The smallest id; ids rise with time."""
    before: int = ID_MAX
    """Smaller ids only."""
    oldest_first: bool = False
    cursor: int | None = None
    """The last id of the page before."""

    @property
    def bounds(self) -> tuple[int, int]:
        """From which id, and up to before which."""
        if self.cursor is None:
            return self.since, self.before
        if self.oldest_first:
            return max(self.since, self.cursor + 1), self.before
        return self.since, min(self.before, self.cursor)

    @property
    def picks(self) -> bool:
        """Whether some of what may be seen is not wanted."""
        return bool(self.type or self.actor) or self.phases != EVERY

    @property
    def only_active(self) -> bool:
        """Whether only those are wanted that have not ended."""
        return self.phases <= ACTIVE


def mask(phases: frozenset[Phase]) -> int:
    """The phases as a number with a bit for each."""
    return sum(1 << phase for phase in phases)
