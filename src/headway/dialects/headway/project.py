"""Our records in our own dialect's shapes; pure."""

from datetime import UTC, datetime

from headway.dialects.headway import wire
from headway.ids import show
from headway.model.operations import Event, LogLine, Phase
from headway.views.stories import Story

STATUS = {phase: phase.name.lower() for phase in Phase}


def story(told: Story) -> wire.Operation:
    """An operation with its steps."""
    it = told.operation
    return wire.Operation(
        id=show(it.id),
        type=it.type,
        target=it.target,
        phase=STATUS[it.phase],
        progress=it.progress,
        turning_back=it.turning_back,
        cancelling=it.cancel_requested_at is not None and not it.phase.terminal,
        attempt=it.attempt,
        summary=told.summary,
        steps=[
            wire.Step(
                title=step.title,
                state=step.state,
                started_at=time_or_none(step.begun_at),
                finished_at=time_or_none(step.ended_at),
            )
            for step in told.steps
        ],
        detail=None if it.detail is None else wire.Detail(it.detail.code, it.detail.text),
        created_at=time(it.created_at),
        started_at=time_or_none(it.started_at),
        updated_at=time(it.updated_at),
        finished_at=time_or_none(it.finished_at),
        seq=told.events[-1].seq if told.events else 0,
    )


def event(it: Event) -> wire.Event:
    """An event of an operation."""
    return wire.Event(
        seq=it.seq,
        at=time(it.at),
        name=it.name,
        operation="" if it.operation is None else show(it.operation),
        data=it.data,
    )


def line(it: LogLine) -> wire.Line:
    """A piece of the log."""
    return wire.Line(n=it.n, at=time(it.at), text=it.text)


def time(at: int) -> str:
    """Microseconds UTC as `2026-01-02T03:04:05.678Z`."""
    return (
        datetime.fromtimestamp(at / 1_000_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def time_or_none(at: int | None) -> str | None:
    """The same, where there is a time."""
    return None if at is None else time(at)
