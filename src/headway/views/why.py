"""Why an operation is not done: what it waits for, since when, and when it is likely to end. Pure but for `why`."""

from collections.abc import Sequence
from typing import Any

import msgspec

from headway.clock import SECOND, Clock
from headway.engine.declare import OperationType
from headway.model.operations import Event, Operation, Phase
from headway.store import events, searches
from headway.store.database import Database, Tx
from headway.views.sight import seen

RUNS_MIN = 3
"""From fewer past runs nothing is foretold."""
EVENTS_MAX = 10_000


class Runs(msgspec.Struct, frozen=True, kw_only=True):
    """What past runs of the type tell, in seconds from begun to ended."""

    count: int
    p50: float
    p95: float


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided from."""

    operation: Operation
    titles: Sequence[str]
    attempts_max: Sequence[int]
    events: Sequence[Event]
    durations: Sequence[float]
    ahead: int
    """How many wait to be begun before it."""
    running: int
    slots: int
    """How many this node performs at the same time."""
    lease_until: int | None
    now: int


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    waiting_on: str
    """slot, lease, retry, undo, step, or nothing."""
    text: str
    since: int
    position: int | None = None
    """Its place in the queue, from 1."""
    running: int | None = None
    slots: int | None = None
    step: str | None = None
    attempt: int | None = None
    attempts_max: int | None = None
    last_error: str | None = None
    retry_at: int | None = None
    lease_until: int | None = None
    runs: Runs | None = None
    end_p50: int | None = None
    end_p95: int | None = None


async def why(
    database: Database,
    clock: Clock,
    type: OperationType[Any, Any] | None,
    account_id: int,
    id: int,
    *,
    slots: int,
) -> tuple[Operation, Why]:
    """The operation, and why it is not done; NotFound. `type` may be None where it is not known here."""

    async def body(tx: Tx) -> Facts:
        it = await seen(tx, account_id, id)
        ahead, running = await searches.queue(tx, id)
        return Facts(
            operation=it,
            titles=[step.title for step in type.steps] if type else [],
            attempts_max=[step.again.attempts_max for step in type.steps] if type else [],
            events=await events.of_operation(tx, id, 0, EVENTS_MAX),
            durations=await searches.durations(tx, it.type, it.target, RUNS_MIN),
            ahead=ahead,
            running=running,
            slots=slots,
            lease_until=None if it.owner is None else await searches.lease_until(tx, it.owner),
            now=clock.now(),
        )

    facts = await database.read(body)
    return facts.operation, explained(facts)


def explained(facts: Facts) -> Why:
    """What it waits for, and when it is likely to end."""
    answer, runs = _waiting(facts), runs_of(facts.durations)
    ends = _ends(facts, runs)
    if ends is None or facts.operation.turning_back:
        return msgspec.structs.replace(answer, runs=runs)
    return msgspec.structs.replace(answer, runs=runs, end_p50=ends[0], end_p95=ends[1])


def runs_of(durations: Sequence[float]) -> Runs | None:
    """The middle and the slow end of past runs; None of too few."""
    if len(durations) < RUNS_MIN:
        return None
    ordered = sorted(durations)
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95))
    return Runs(count=len(ordered), p50=p50, p95=p95)


def _ends(facts: Facts, runs: Runs | None) -> tuple[int, int] | None:
    it = facts.operation
    if runs is None or it.phase.terminal:
        return None
    if it.started_at is not None:
        begins = (it.started_at, it.started_at)
    else:
        turns = facts.ahead // max(1, facts.slots) + (facts.running >= facts.slots)
        begins = (facts.now + int(turns * runs.p50 * SECOND), facts.now + int(turns * runs.p95 * SECOND))
    # What is overdue is not foretold for the past.
    p50 = max(facts.now, begins[0] + int(runs.p50 * SECOND))
    return p50, max(p50, begins[1] + int(runs.p95 * SECOND))


def _waiting(facts: Facts) -> Why:
    it = facts.operation
    if it.phase.terminal:
        return Why(waiting_on="nothing", text=f"it has ended: {it.phase.name.lower()}", since=it.updated_at)
    if it.phase is not Phase.RUNNING:
        return _queued(facts)
    if facts.lease_until is not None and facts.lease_until < facts.now:
        return _lost(facts, facts.lease_until)
    return _running(facts)


def _queued(facts: Facts) -> Why:
    place = facts.ahead + 1
    text = f"it is number {place} of those that wait for a free slot: {facts.running} run, {facts.slots} may"
    if facts.running < facts.slots:
        text = f"it is number {place} of those that wait for a node to take them"
    return Why(
        waiting_on="slot",
        text=text,
        since=facts.operation.created_at,
        position=place,
        running=facts.running,
        slots=facts.slots,
    )


def _lost(facts: Facts, until: int) -> Why:
    return Why(
        waiting_on="lease",
        text="the node that performed it has fallen silent; another one goes on with it as soon as one finds it",
        since=until,
        lease_until=until,
        step=_title(facts),
        attempt=facts.operation.attempt,
    )


def _running(facts: Facts) -> Why:
    it, step = facts.operation, _title(facts)
    most = facts.attempts_max[it.step] if 0 <= it.step < len(facts.attempts_max) else None
    told = Why(
        waiting_on="undo" if it.turning_back else "step",
        text=f"it takes back: {step}" if it.turning_back else f"it is at work: {step}",
        since=_since(facts),
        step=step,
        attempt=it.attempt,
        attempts_max=most,
        lease_until=facts.lease_until,
    )
    again = next((e for e in reversed(facts.events) if e.name == "operation.step_again"), None)
    if again is None or it.attempt == 1 or again.data["step"] != it.step:
        return told
    retry_at = again.at + int(float(again.data["pause"]) * SECOND)
    failed = f"attempt {again.data['attempt']} failed: {again.data['why']}"
    told = msgspec.structs.replace(told, last_error=str(again.data["why"]), text=f"{told.text}; {failed}")
    if retry_at <= facts.now:
        return told
    return msgspec.structs.replace(
        told,
        waiting_on="retry",
        retry_at=retry_at,
        since=again.at,
        text=f"{step}: {failed}; it is tried again",
    )


def _since(facts: Facts) -> int:
    moves = {"operation.step_done", "operation.step_undone", "operation.turned_back", "operation.started"}
    return next((e.at for e in reversed(facts.events) if e.name in moves), facts.operation.created_at)


def _title(facts: Facts) -> str:
    step = facts.operation.step
    return facts.titles[step] if 0 <= step < len(facts.titles) else f"step {step + 1}"
