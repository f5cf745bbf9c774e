import msgspec

from headway.model.operations import Actor, Event, Phase
from headway.views.receipts import Receipt, receipt
from tests.records import an_operation

STEPS = [("one", "done"), ("two", "failed"), ("three", "waiting")]


def event(seq: int, name: str, **data: object) -> Event:
    return Event(
        seq=seq,
        at=seq,
        name=f"operation.{name}",
        operation=1,
        target="a",
        by=Actor(name="ada"),
        data=dict(data),
    )


WISH = event(5, "cancel_requested", reason="late")


def told(phase: Phase, *events: Event, finished_at: int | None = None) -> Receipt:
    it = msgspec.structs.replace(an_operation(phase=phase), finished_at=finished_at)
    found = receipt(it, STEPS, events)
    assert found is not None
    return found


def test_where_nobody_wished_there_is_none() -> None:
    assert receipt(an_operation(), STEPS, [event(1, "queued")]) is None


def test_a_wish_is_requested_then_acknowledged_then_effective() -> None:
    assert told(Phase.RUNNING, WISH).state == "requested"
    heard = told(Phase.RUNNING, WISH, event(6, "turned_back", step=1))
    assert (heard.state, heard.acknowledged_at, heard.by, heard.reason) == ("acknowledged", 6, "ada", "late")
    assert told(Phase.CANCELLED, WISH, finished_at=9).state == "effective"


def test_an_end_that_was_quicker_is_too_late() -> None:
    assert told(Phase.SUCCEEDED, WISH).state == told(Phase.FAILED, WISH).state == "too-late"


def test_a_step_that_was_begun_and_not_taken_back_is_in_doubt() -> None:
    back = WISH, event(6, "turned_back", step=1)
    assert [it.state for it in told(Phase.FAILED, *back).steps] == ["done", "in-doubt", "not-started"]
    undone = told(Phase.CANCELLED, *back, event(7, "step_undone", step=1), event(8, "step_undone", step=0))
    assert [it.state for it in undone.steps] == ["undone", "undone", "not-started"]


def test_only_the_first_wish_counts() -> None:
    again = msgspec.structs.replace(event(7, "cancel_requested", reason="later"), by=Actor(name="bob"))
    assert told(Phase.RUNNING, WISH, again).by == "ada"
