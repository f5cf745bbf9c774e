from typing import Any

import msgspec
import pytest

from headway.clock import SECOND
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor, Event, Phase
from headway.store import operations
from headway.views.why import Facts, Why, explained, runs_of, why
from tests.records import an_operation

NOW = 1_000 * SECOND
QUEUED = Facts(
    operation=an_operation(created_at=NOW - 5 * SECOND),
    titles=["one", "two"],
    attempts_max=[5, 5],
    events=[],
    durations=[],
    ahead=0,
    running=0,
    slots=2,
    lease_until=None,
    now=NOW,
)


def facts(phase: Phase = Phase.RUNNING, *, operation: dict[str, Any] | None = None, **changes: Any) -> Facts:
    it = an_operation(**{
        "phase": phase,
        "started_at": NOW - SECOND,
        "attempt": 1,
        "step": 0,
        "created_at": NOW,
        **(operation or {}),
    })
    return msgspec.structs.replace(QUEUED, operation=it, **changes)


def again(at: int, **data: Any) -> Event:
    return Event(seq=1, at=at, name="operation.step_again", operation=1, target="", by=Actor(), data=data)


def test_what_waits_to_be_begun_has_a_place() -> None:
    told = explained(msgspec.structs.replace(QUEUED, ahead=3, running=2))
    assert (told.waiting_on, told.position, told.slots, told.since) == ("slot", 4, 2, NOW - 5 * SECOND)
    assert "free slot" in told.text
    assert "node" in explained(QUEUED).text


def test_what_runs_is_at_its_step() -> None:
    told = explained(facts(lease_until=NOW + 1))
    assert (told.waiting_on, told.step, told.attempt, told.attempts_max) == ("step", "one", 1, 5)


def test_what_failed_once_waits_for_its_next_attempt() -> None:
    events = [again(NOW - SECOND, step=0, attempt=1, why="no answer", pause=30.0)]
    told = explained(facts(events=events, operation={"attempt": 2}))
    assert (told.waiting_on, told.last_error, told.retry_at) == ("retry", "no answer", NOW + 29 * SECOND)
    later = explained(facts(events=events, operation={"attempt": 2}, now=NOW + 60 * SECOND))
    assert (later.waiting_on, later.last_error) == ("step", "no answer")


def test_what_another_step_had_to_repeat_is_no_matter_any_more() -> None:
    events = [again(NOW - SECOND, step=0, attempt=1, why="no answer", pause=30.0)]
    assert explained(facts(events=events, operation={"attempt": 1, "step": 1})).last_error is None


def test_what_is_taken_back_says_so() -> None:
    told = explained(facts(operation={"turning_back": True}))
    assert (told.waiting_on, told.end_p50) == ("undo", None)


def test_a_node_that_fell_silent_is_told() -> None:
    told = explained(facts(lease_until=NOW - 7))
    assert (told.waiting_on, told.since, told.lease_until) == ("lease", NOW - 7, NOW - 7)


def test_what_has_ended_waits_for_nothing() -> None:
    assert explained(facts(Phase.FAILED, durations=[1, 1, 1])).waiting_on == "nothing"
    assert explained(facts(Phase.FAILED, durations=[1, 1, 1])).end_p50 is None


def test_from_too_few_runs_nothing_is_foretold() -> None:
    assert runs_of([1, 2]) is None
    assert explained(facts(durations=[1, 2])).end_p50 is None


def test_the_end_is_foretold_from_past_runs() -> None:
    runs = runs_of([float(n) for n in range(1, 101)])
    assert runs is not None
    assert (runs.count, runs.p50, runs.p95) == (100, 51.0, 96.0)
    told = explained(facts(durations=[10.0, 10.0, 20.0]))
    assert (told.end_p50, told.end_p95) == (NOW + 9 * SECOND, NOW + 19 * SECOND)


def test_what_waits_is_foretold_to_begin_when_those_before_it_have_had_their_turn() -> None:
    waiting = msgspec.structs.replace(QUEUED, durations=[10.0] * 3, ahead=4, running=2, slots=2)
    assert explained(waiting).end_p50 == NOW + 40 * SECOND


def test_what_is_overdue_is_not_foretold_for_the_past() -> None:
    late = facts(durations=[0.1] * 3)
    assert (explained(late).end_p50, explained(late).end_p95) == (NOW, NOW)


async def test_it_is_told_to_who_may_see_it(world: World, by: Actor, other: Account) -> None:
    it = an_operation(target="wall:1", account_id=by.account_id)
    await world.database.journal(operations.accepted(it, by))

    async def asked(account_id: int) -> Why:
        return (await why(world.database, world.clock, None, account_id, it.id, slots=5))[1]

    assert (await asked(by.account_id)).position == 1
    with pytest.raises(NotFound):
        await asked(other.id)
