"""What became of a wish to cancel: asked for, heard, carried out, and what that means for each step. Pure."""

from collections.abc import Sequence

import msgspec

from headway.model.operations import Event, Operation, Phase

NOT_STARTED, DONE, UNDONE, STILL_RUNNING, IN_DOUBT = (
    "not-started",
    "done",
    "undone",
    "still-running",
    "in-doubt",
)
OF_STATE = {
    "waiting": NOT_STARTED,
    "running": STILL_RUNNING,
    "undoing": STILL_RUNNING,
    "done": DONE,
    "undone": UNDONE,
    "failed": IN_DOUBT,
}
"""What is said of a step in each of its states."""


class StepReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """One step, as far as cancelling has got with it."""

    title: str
    state: str
    """not-started, done, undone, still-running, or in-doubt."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wish to cancel."""

    state: str
    """requested: nobody has turned to it yet. acknowledged: it turns back. effective: nothing of it runs any more.
    too-late: it ended otherwise first."""
    requested_at: int
    by: str
    reason: str
    acknowledged_at: int | None
    ended_at: int | None
    steps: list[StepReceipt]


def receipt(
    operation: Operation, steps: Sequence[tuple[str, str]], happened: Sequence[Event]
) -> Receipt | None:
    """The receipt of the first wish; None where there was none. `steps` are titles with their states."""
    asked = next((it for it in happened if it.name == "operation.cancel_requested"), None)
    if asked is None:
        return None
    undone = {it.data["step"] for it in happened if it.name == "operation.step_undone"}
    turned = next((it for it in happened if it.name == "operation.turned_back" and it.seq > asked.seq), None)
    return Receipt(
        state=_state(operation, is_heard=turned is not None),
        requested_at=asked.at,
        by=asked.by.name,
        reason=str(asked.data.get("reason", "")),
        acknowledged_at=turned.at if turned is not None else _unbegun(operation),
        ended_at=operation.finished_at,
        steps=[
            StepReceipt(title=title, state=UNDONE if n in undone else OF_STATE[state])
            for n, (title, state) in enumerate(steps)
        ],
    )


def _state(operation: Operation, *, is_heard: bool) -> str:
    if operation.phase is Phase.CANCELLED:
        return "effective"
    if operation.phase.terminal:
        return "too-late"
    return "acknowledged" if is_heard or operation.turning_back else "requested"


def _unbegun(operation: Operation) -> int | None:
    """One that nobody had begun turns back and ends in the same breath."""
    return operation.finished_at if operation.phase is Phase.CANCELLED else None
