"""Its JSON, field for field. Times are RFC 3339 in UTC with milliseconds; ids are 24 hex digits."""

from typing import Any

import msgspec


class Detail(msgspec.Struct, frozen=True):
    """Why an operation did not succeed."""

    code: str
    text: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an operation."""

    title: str
    state: str
    """waiting, running, done, failed, undoing, or undone."""
    started_at: str | None = None
    finished_at: str | None = None


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who wanted it, through which dialect, with which request."""

    account: str
    name: str
    dialect: str
    request_id: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an operation there is."""

    steps: int
    done: int
    undone: int
    attempts: int
    """How often any of its steps was begun again."""
    claims: int
    """How often a node began to perform it."""
    events: int


class StepReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """One step, as far as cancelling has got with it."""

    title: str
    state: str
    """not-started, done, undone, still-running, or in-doubt."""


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wish to cancel."""

    state: str
    """requested, acknowledged, effective, or too-late."""
    requested_at: str
    by: str
    reason: str
    acknowledged_at: str | None
    ended_at: str | None
    steps: list[StepReceipt]


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that was begun because of this one, or that this one was begun because of."""

    id: str
    kind: str
    """retry, or undo."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation."""

    id: str
    type: str
    target: str
    phase: str
    """accepted, queued, running, succeeded, failed, or cancelled."""
    progress: int
    """0 to 100; never falls."""
    turning_back: bool
    """Whether its steps are being undone."""
    cancelling: bool
    """Whether somebody asked for it to be cancelled, and it has not ended."""
    attempt: int
    """How often the present step has been begun."""
    summary: str
    """What it does, for people."""
    steps: list[Step]
    detail: Detail | None
    created_at: str
    started_at: str | None
    updated_at: str
    finished_at: str | None
    seq: int
    """The newest event that is told of here; `?after=` takes it."""
    by: By
    notes: dict[str, Any]
    """What its steps have left behind."""
    counts: Counts
    cancellation: Cancellation | None
    """What became of a wish to cancel it; null where nobody had one."""
    because_of: Child | None
    """Of which it is the retry or the undo."""
    children: list[Child]
    """What was begun because of it."""
    links: dict[str, str]
    """Paths: self, events, log, why; and cancel, retry, undo where they may be asked for now; app."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of operations."""

    operations: list[Operation]
    next: str | None
    """What `?cursor=` takes for the next page; null on the last one. A page may hold fewer than asked for, or none."""
    seq: int
    """An event behind which nothing is missed that is not told of here."""


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """How long past ones of its type took, in seconds."""

    count: int
    p50: float
    p95: float


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """Where it stands among those that wait to be begun."""

    position: int
    running: int
    slots: int


class At(msgspec.Struct, frozen=True, kw_only=True):
    """The step that it stands at."""

    title: str
    attempt: int
    attempts_max: int | None
    last_error: str | None
    retry_at: str | None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """When it is likely to have ended."""

    p50: str
    p95: str


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a target."""

    id: str
    type: str
    link: str


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why an operation is not done."""

    operation: str
    phase: str
    waiting_on: str
    """slot, lease, retry, undo, step, or nothing."""
    text: str
    since: str
    queue: Queue | None
    step: At | None
    lease_until: str | None
    runs: Runs | None
    """Null where there were too few to tell."""
    estimate: Estimate | None
    holds: str | None
    """The target that it keeps from others while it is active."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a command would begin; nothing was stored."""

    dry_run: bool
    type: str
    target: str
    summary: str
    steps: list[str]
    conflicts: list[Holder]
    """Who holds the target now; while they do the command is refused."""
    runs: Runs | None


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that has not ended, for who asked to go on from a point that is not kept."""

    seq: int
    """Go on behind this."""
    operations: list[Operation]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an operation."""

    seq: int
    at: str
    name: str
    operation: str
    """Empty where it belongs to none."""
    target: str
    by: By
    data: dict[str, Any]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of what an operation said."""

    n: int
    at: str
    text: str


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation said, in order."""

    lines: list[Line]


class Begin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation of a type of your own."""

    type: str
    params: dict[str, Any] = {}


class Cancel(msgspec.Struct, frozen=True, kw_only=True):
    """A request to cancel."""

    reason: str = ""


class Error(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused."""

    code: str
    text: str
    fields: dict[str, list[str]] | None = None
    holder: str | None = None
    """The operation that holds the target."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was refused."""

    error: Error


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """The point to go on from is not kept; where things stand instead."""

    error: Error
    snapshot: Snapshot
