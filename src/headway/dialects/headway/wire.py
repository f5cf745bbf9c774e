"""Its JSON, field for field. Times are RFC 3339 in UTC with milliseconds; ids are 24 hex digits."""

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


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of operations, newest first."""

    operations: list[Operation]
    next: str | None
    """What `?before=` takes for the next page; null on the last one."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to an operation."""

    seq: int
    at: str
    name: str
    operation: str
    data: dict[str, object]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of what an operation said."""

    n: int
    at: str
    text: str


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation said, in order."""

    lines: list[Line]


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
