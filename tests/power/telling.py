"""What every operation type has to keep, whatever it is about."""

from headway.model.operations import Event, Operation, Phase
from tests.outside import ENDS


def told(operation: Operation, history: list[Event]) -> None:
    """What happened agrees with what is."""
    names = [event.name for event in history]
    assert names[0] == "operation.queued"
    assert names.count("operation.started") == 1
    assert sum(name in ENDS for name in names) == 1
    assert names[-1] == f"operation.{operation.phase.name.lower()}"
    fences = [
        event.data["fence"]
        for event in history
        if event.name in {"operation.started", "operation.taken_over"}
    ]
    assert fences == sorted(set(fences))
    done = [event.data["step"] for event in history if event.name == "operation.step_done"]
    assert done == sorted(set(done)), "a step was recorded twice"
    progress = [event.data["progress"] for event in history if "progress" in event.data]
    assert progress == sorted(progress)
    assert (
        operation.created_at <= (operation.started_at or 0) <= operation.updated_at == operation.finished_at
    )
    assert (operation.phase is Phase.SUCCEEDED) == (operation.detail is None)
