"""Our records in our own dialect's shapes; pure."""

from collections import Counter
from datetime import UTC, datetime
from typing import Final

from headway.dialects.headway import wire
from headway.domain.operations.rehearse import Plan
from headway.ids import parse, show
from headway.model.operations import Actor, Event, LogLine, Operation, Phase
from headway.views.receipts import Receipt
from headway.views.stories import Story
from headway.views.why import Runs, Why, runs_of

PREFIX: Final = "/headway/v1"
_NOUNS = frozenset({"app", "account", "pool", "file", "labelling_project"})

STATUS = {phase: phase.name.lower() for phase in Phase}


def story(told: Story) -> wire.Operation:
    """An operation with its steps, and what belongs to it."""
    it = told.operation
    return wire.Operation(
        id=show(it.id),
        type=it.type,
        target=target(it.target),
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
        seq=told.seq,
        by=by(told.by),
        notes=told.notes,
        counts=counts(told),
        cancellation=cancellation(told.receipt),
        because_of=None
        if told.because_of is None
        else wire.Child(id=show(told.because_of.parent), kind=told.because_of.kind),
        children=[wire.Child(id=show(one.child), kind=one.kind) for one in told.followed_by],
        links=links(told),
    )


def target(stored: str) -> str:
    """`app:6720…`, as ids are shown."""
    noun, _, id = stored.partition(":")
    # What is no id of ours is shown as whoever wrote the type has written it.
    return f"{noun}:{show(int(id))}" if noun in _NOUNS and id.isdecimal() else stored


def stored_target(shown: str) -> str:
    """The same the other way."""
    noun, _, id = shown.partition(":")
    known = parse(id) if noun in _NOUNS else None
    return shown if known is None else f"{noun}:{known}"


def by(it: Actor) -> wire.By:
    """Who wanted something."""
    account = show(it.account_id) if it.account_id else ""
    return wire.By(account=account, name=it.name, dialect=it.dialect, request_id=it.request_id)


def counts(told: Story) -> wire.Counts:
    """How much of it there is."""
    names = Counter(event.name for event in told.events)
    states = Counter(step.state for step in told.steps)
    return wire.Counts(
        steps=len(told.steps),
        done=states["done"],
        undone=states["undone"],
        attempts=names["operation.step_again"],
        claims=names["operation.started"] + names["operation.taken_over"],
        events=len(told.events),
    )


def cancellation(it: Receipt | None) -> wire.Cancellation | None:
    """What became of a wish to cancel."""
    if it is None:
        return None
    return wire.Cancellation(
        state=it.state,
        requested_at=time(it.requested_at),
        by=it.by,
        reason=it.reason,
        acknowledged_at=time_or_none(it.acknowledged_at),
        ended_at=time_or_none(it.ended_at),
        steps=[wire.StepReceipt(title=step.title, state=step.state) for step in it.steps],
    )


def links(told: Story) -> dict[str, str]:
    """Where to go from it."""
    it = told.operation
    own = path(it.id)
    found = {"self": own, **{name: f"{own}/{name}" for name in ("events", "log", "why")}}
    if not it.phase.terminal:
        found["cancel"] = f"{own}/cancel"
    if it.phase in {Phase.FAILED, Phase.CANCELLED}:
        found["retry"] = f"{own}/retry"
    if told.can_undo:
        found["undo"] = f"{own}/undo"
    if it.target.startswith("app:"):
        found["app"] = f"{PREFIX}/apps/{target(it.target).removeprefix('app:')}"
    if it.target.startswith("pool:"):
        found["pool"] = f"{PREFIX}/pools/{target(it.target).removeprefix('pool:')}"
    return found


def path(id: int) -> str:
    """Where an operation is."""
    return f"{PREFIX}/operations/{show(id)}"


def why(it: Operation, told: Why) -> wire.Why:
    """Why it is not done."""
    estimate = None
    if told.end_p50 is not None and told.end_p95 is not None:
        estimate = wire.Estimate(p50=time(told.end_p50), p95=time(told.end_p95))
    return wire.Why(
        operation=show(it.id),
        phase=STATUS[it.phase],
        waiting_on=told.waiting_on,
        text=told.text,
        since=time(told.since),
        queue=None
        if told.position is None
        else wire.Queue(position=told.position, running=told.running or 0, slots=told.slots or 0),
        step=None if told.step is None else _at(told.step, told),
        lease_until=time_or_none(told.lease_until),
        runs=runs(told.runs),
        estimate=estimate,
        holds=target(it.target) if it.exclusive and not it.phase.terminal else None,
    )


def _at(title: str, told: Why) -> wire.At:
    return wire.At(
        title=title,
        attempt=told.attempt or 1,
        attempts_max=told.attempts_max,
        last_error=told.last_error,
        retry_at=time_or_none(told.retry_at),
    )


def runs(it: Runs | None) -> wire.Runs | None:
    """What past runs tell."""
    return None if it is None else wire.Runs(count=it.count, p50=round(it.p50, 3), p95=round(it.p95, 3))


def plan(it: Plan) -> wire.Plan:
    """What a command would begin."""
    return wire.Plan(
        dry_run=True,
        type=it.type,
        target=target(it.target),
        summary=it.summary,
        steps=it.steps,
        conflicts=[wire.Holder(id=show(one.id), type=one.type, link=path(one.id)) for one in it.conflicts],
        runs=runs(runs_of(it.durations)),
    )


def turning_back(told: Story) -> wire.Plan:
    """What a wish to cancel would do."""
    it = told.operation
    begun = [step for step in reversed(told.steps) if step.state in {"done", "running"}]
    return wire.Plan(
        dry_run=True,
        type=it.type,
        target=target(it.target),
        summary=f"cancel: {told.summary}",
        steps=[
            f"stop: {step.title}" if step.state == "running" else f"take back: {step.title}" for step in begun
        ],
        conflicts=[],
        runs=None,
    )


def event(it: Event) -> wire.Event:
    """Something that happened."""
    return wire.Event(
        seq=it.seq,
        at=time(it.at),
        name=it.name,
        operation="" if it.operation is None else show(it.operation),
        target=target(it.target),
        by=by(it.by),
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
