"""The model of an operation: its row is the fold of its events, and what must be true of every history."""

from collections import defaultdict
from typing import Any

import msgspec

from headway.model.operations import NEXT, Detail, Event, Operation, Phase

ENDS = {f"operation.{phase.name.lower()}": phase for phase in Phase if phase.terminal}
AUDITS = {"operation.write_refused"}


def fold(history: list[Event]) -> dict[str, Any]:
    """What the row must say after these events."""
    state: dict[str, Any] = {
        "phase": Phase.ACCEPTED,
        "step": 0,
        "attempt": 1,
        "turning_back": False,
        "fence": 0,
    }
    state |= {
        "progress": 0,
        "detail": None,
        "started_at": None,
        "finished_at": None,
        "cancel_requested_at": None,
    }
    for event in history:
        if event.name not in AUDITS:
            _apply(state, event)
            state["updated_at"] = max(state.get("updated_at", 0), event.at)
    return state


def _apply(state: dict[str, Any], event: Event) -> None:
    data = event.data
    match event.name.removeprefix("operation."):
        case "queued":
            _move(state, Phase.QUEUED)
            state["created_at"] = event.at
        case "started":
            _move(state, Phase.RUNNING)
            state |= {"fence": data["fence"], "started_at": event.at}
        case "taken_over":
            assert state["phase"] is Phase.RUNNING
            assert data["fence"] > state["fence"], "fences rise"
            state["fence"] = data["fence"]
        case "step_done":
            assert (data["step"], state["turning_back"]) == (state["step"], False), (
                "a step is recorded once, in order"
            )
            state |= {"step": state["step"] + 1, "attempt": 1}
            _progress(state, data["progress"])
        case "step_again":
            assert (data["step"], data["attempt"]) == (state["step"], state["attempt"])
            state["attempt"] += 1
        case "turned_back":
            assert not state["turning_back"]
            state |= {
                "turning_back": True,
                "attempt": 1,
                "detail": Detail(code=data["code"], text=data["text"]),
            }
        case "step_undone":
            assert (data["step"], state["turning_back"]) == (state["step"], True)
            state |= {"step": state["step"] - 1, "attempt": 1}
        case "progress":
            _progress(state, data["progress"])
        case "cancel_requested":
            assert state["cancel_requested_at"] is None, "asked once"
            state["cancel_requested_at"] = event.at
        case _:
            _end(state, event)


def _end(state: dict[str, Any], event: Event) -> None:
    _move(state, ENDS[event.name])
    detail = msgspec.convert(event.data, Detail) if event.data else None
    state |= {"finished_at": max(state["updated_at"], event.at), "detail": detail}
    if state["phase"] is Phase.SUCCEEDED:
        _progress(state, 100)


def _move(state: dict[str, Any], phase: Phase) -> None:
    if state["phase"] is not Phase.ACCEPTED or phase is not Phase.QUEUED:
        assert phase in NEXT[state["phase"]], (state["phase"], phase)
    state["phase"] = phase


def _progress(state: dict[str, Any], progress: int) -> None:
    assert state["progress"] <= progress <= 100
    state["progress"] = progress


def check(operation: Operation, history: list[Event]) -> None:
    """Everything that is promised of one operation."""
    folded = fold(history)
    assert {name: getattr(operation, name) for name in folded} == folded
    assert [event.seq for event in history] == sorted({event.seq for event in history})
    assert all(event.by.name and event.target == operation.target for event in history)
    ends = [n for n, event in enumerate(history) if event.name in ENDS]
    assert len(ends) == operation.phase.terminal
    assert all(event.name in AUDITS for n in ends for event in history[n + 1 :])
    assert operation.phase.terminal == (operation.finished_at is not None)
    assert not operation.phase.terminal or operation.owner is None
    assert operation.created_at <= (operation.started_at or operation.created_at) <= operation.updated_at
    _check_outcome(operation)


def _check_outcome(operation: Operation) -> None:
    if operation.phase is Phase.SUCCEEDED:
        assert operation.detail is None
    elif operation.phase.terminal:
        assert operation.detail is not None
        assert operation.detail.code
        assert operation.detail.text
        assert (operation.detail.code == "cancelled") == (operation.phase is Phase.CANCELLED)
    if operation.phase is Phase.CANCELLED:
        assert operation.cancel_requested_at is not None
        assert operation.step == -1 or operation.started_at is None, "all that was begun is taken back"


def check_all(known: list[Event], exclusive: set[int]) -> None:
    """Everything that is promised of the sequence of all events."""
    assert [event.seq for event in known] == list(range(1, len(known) + 1))
    holders: dict[str, int] = {}
    for event in known:
        if event.operation not in exclusive:
            continue
        if event.name == "operation.queued":
            assert event.target not in holders, "a target is held once"
            holders[event.target] = event.operation
        elif event.name in ENDS:
            assert holders.pop(event.target) == event.operation


def by_operation(known: list[Event]) -> dict[int, list[Event]]:
    """The events of each."""
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for event in known:
        if event.operation is not None:
            found[event.operation].append(event)
    return found
