from typing import Any

import msgspec

from headway.dialects.headway import project, wire
from headway.model.operations import Actor, Detail, Event, LogLine, Operation, Phase
from headway.views.stories import Story, steps

AT = 1_767_322_985_000_000
SECOND = 1_000_000
OWN = "/headway/v1/operations/000000000000000000000001"
TITLES = ("start the added containers", "send them traffic")
RUNNING = Operation(
    1,
    "app.scale",
    "app:1",
    True,
    Phase.RUNNING,
    "{}",
    1,
    1,
    1,
    0,
    False,
    1,
    0,
    None,
    "",
    None,
    AT,
    AT,
    AT,
    None,
)


def with_(**changes: Any) -> Operation:
    """The operation with some fields changed."""
    return msgspec.structs.replace(RUNNING, **changes)


def happened(name: str, seconds: int, **data: Any) -> Event:
    """An event so many seconds after the start."""
    return Event(
        seq=seconds,
        at=AT + seconds * SECOND,
        name=f"operation.{name}",
        operation=1,
        target="app:1",
        by=Actor(),
        data=data,
    )


def told(operation: Operation, *events: Event) -> wire.Operation:
    """What is shown of it."""
    story = Story(
        operation=operation,
        steps=steps(operation, TITLES, events),
        summary="scale hello to 2 web",
        events=list(events),
    )
    return project.story(story)


def states(operation: Operation, *events: Event) -> list[str]:
    """How far each step is."""
    return [step.state for step in told(operation, *events).steps]


def test_the_whole_of_an_operation_that_runs() -> None:
    shown = told(with_(step=1, progress=50), happened("step_done", 2, step=0))
    assert msgspec.to_builtins(shown) == {
        "id": "000000000000000000000001",
        "type": "app.scale",
        "target": "app:000000000000000000000001",
        "phase": "running",
        "progress": 50,
        "turning_back": False,
        "cancelling": False,
        "attempt": 1,
        "summary": "scale hello to 2 web",
        "steps": [
            {
                "title": "start the added containers",
                "state": "done",
                "started_at": "2026-01-02T03:03:05.000Z",
                "finished_at": "2026-01-02T03:03:07.000Z",
            },
            {
                "title": "send them traffic",
                "state": "running",
                "started_at": "2026-01-02T03:03:07.000Z",
                "finished_at": None,
            },
        ],
        "detail": None,
        "created_at": "2026-01-02T03:03:05.000Z",
        "started_at": "2026-01-02T03:03:05.000Z",
        "updated_at": "2026-01-02T03:03:05.000Z",
        "finished_at": None,
        "seq": 2,
        "by": {"account": "", "name": "headway", "dialect": "headway", "request_id": ""},
        "notes": {},
        "counts": {"steps": 2, "done": 1, "undone": 0, "attempts": 0, "claims": 0, "events": 1},
        "cancellation": None,
        "because_of": None,
        "children": [],
        "links": {
            "self": OWN,
            "events": f"{OWN}/events",
            "log": f"{OWN}/log",
            "why": f"{OWN}/why",
            "cancel": f"{OWN}/cancel",
            "app": "/headway/v1/apps/000000000000000000000001",
        },
    }


def test_nothing_of_a_queued_operation_has_begun() -> None:
    assert states(with_(phase=Phase.QUEUED, started_at=None)) == ["waiting", "waiting"]


def test_an_operation_that_succeeded_has_done_every_step() -> None:
    events = happened("step_done", 1, step=0), happened("step_done", 2, step=1)
    assert states(with_(phase=Phase.SUCCEEDED, step=2), *events) == ["done", "done"]


def test_a_step_that_failed_stays_failed_while_those_before_it_are_undone() -> None:
    events = happened("step_done", 1, step=0), happened("turned_back", 2, step=1, code="x", text="y")
    back = with_(turning_back=True, step=0, detail=Detail(code="x", text="y"))
    assert states(back, *events) == ["undoing", "failed"]
    undone = happened("step_undone", 3, step=1), happened("step_undone", 4, step=0)
    ended = msgspec.structs.replace(back, phase=Phase.FAILED, step=-1)
    assert states(ended, *events, *undone) == ["undone", "failed"]
    assert told(ended, *events, *undone).detail == wire.Detail("x", "y")


def test_a_wish_to_cancel_is_told_until_the_end() -> None:
    assert told(with_(cancel_requested_at=AT)).cancelling
    assert not told(with_(cancel_requested_at=AT, phase=Phase.CANCELLED)).cancelling


def test_an_event_and_a_line_are_told_with_their_time() -> None:
    assert project.event(happened("progress", 7, progress=40)) == wire.Event(
        seq=7,
        at="2026-01-02T03:03:12.000Z",
        name="operation.progress",
        operation="000000000000000000000001",
        target="app:000000000000000000000001",
        by=wire.By(account="", name="headway", dialect="headway", request_id=""),
        data={"progress": 40},
    )
    assert project.line(LogLine(n=1, at=AT, text="hello\n")).at == "2026-01-02T03:03:05.000Z"


def test_a_target_is_shown_as_ids_are_and_found_again() -> None:
    assert project.stored_target(project.target("app:77")) == "app:77"
    assert project.target("wall:north") == project.stored_target("wall:north") == "wall:north"
    assert project.stored_target("app:hello") == "app:hello"


def test_a_wish_to_cancel_has_a_receipt() -> None:
    wish = msgspec.structs.replace(
        happened("cancel_requested", 3, reason="late"), by=Actor(account_id=7, name="ada")
    )
    receipt = told(with_(cancel_requested_at=AT, step=1), happened("step_done", 1, step=0), wish).cancellation
    assert receipt is not None
    assert (receipt.state, receipt.by, receipt.reason) == ("requested", "ada", "late")
    assert [step.state for step in receipt.steps] == ["done", "still-running"]


def test_what_ended_can_be_asked_for_again_but_not_cancelled() -> None:
    links = told(with_(phase=Phase.FAILED)).links
    assert "retry" in links
    assert "cancel" not in links
