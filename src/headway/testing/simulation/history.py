"""What events have told of one operation: its row must be the fold of them, and each must fit what came before."""

from typing import Any

import msgspec

from headway.model.operations import NEXT, Detail, Event, Operation, Phase
from headway.testing.simulation.breach import hold

ENDS = {f"operation.{phase.name.lower()}": phase for phase in Phase if phase.terminal}
AUDITS = {"operation.write_refused"}


class Told:
    """One operation, as told so far."""

    def __init__(self, first: Event) -> None:
        hold("row-is-fold", first.name == "operation.queued", f"{first.name} is the first that is told")
        self.id = first.operation or 0
        self.type = str(first.data["type"])
        self.target = first.target
        self.asked = first.by.request_id
        """The request that brought it."""
        self.phase = Phase.QUEUED
        self.step, self.attempt, self.fence, self.progress = 0, 1, 0, 0
        self.turning_back = False
        self.detail: Detail | None = None
        self.created_at = self.updated_at = first.at
        self.started_at: int | None = None
        self.finished_at: int | None = None
        self.cancel_requested_at: int | None = None
        self._last_attempt = 1
        self.cancel_known = False
        """Whether the last write that let it go on could tell of a wish to cancel."""

    def apply(self, event: Event) -> None:
        """One more event. Breach where it does not fit."""
        if event.name in AUDITS:
            return
        hold("one-end", not self.phase.terminal, f"{event.name} after the end")
        hold("row-is-fold", event.target == self.target, "an event about another target")
        getattr(self, f"_{event.name.removeprefix('operation.')}")(event, event.data)
        self.updated_at = max(self.updated_at, event.at)
        if self.phase.terminal:
            self.finished_at = self.updated_at

    def _queued(self, event: Event, _: dict[str, Any]) -> None:
        hold("phase-moves-on", holds=False, text=f"queued again at {event.seq}")

    def _started(self, event: Event, data: dict[str, Any]) -> None:
        self._move(Phase.RUNNING)
        self._rise(data["fence"])
        self.started_at = event.at

    def _taken_over(self, _: Event, data: dict[str, Any]) -> None:
        hold("phase-moves-on", self.phase is Phase.RUNNING, f"taken over while {self.phase.name.lower()}")
        self._rise(data["fence"])

    def _step_done(self, _: Event, data: dict[str, Any]) -> None:
        self._stands("done", data, back=False)
        self._last_attempt = self.attempt
        self.step, self.attempt = self.step + 1, 1
        self._advance(data["progress"])
        self.cancel_known = self.cancel_requested_at is not None

    def _step_again(self, _: Event, data: dict[str, Any]) -> None:
        stands = (data["step"], data["attempt"]) == (self.step, self.attempt)
        hold("step-recorded-once", stands, f"again {data} at {self.step}.{self.attempt}")
        self.attempt += 1
        self.cancel_known = self.cancel_requested_at is not None

    def _turned_back(self, _: Event, data: dict[str, Any]) -> None:
        hold("step-recorded-once", not self.turning_back, "turned back twice")
        self.turning_back, self.attempt = True, 1
        self.detail = Detail(code=data["code"], text=data["text"])

    def _step_undone(self, _: Event, data: dict[str, Any]) -> None:
        self._stands("undone", data, back=True)
        self.step, self.attempt = self.step - 1, 1

    def _progress(self, _: Event, data: dict[str, Any]) -> None:
        self._advance(data["progress"])

    def _cancel_requested(self, event: Event, _: dict[str, Any]) -> None:
        hold("one-end", self.cancel_requested_at is None, "asked to cancel twice")
        self.cancel_requested_at = event.at

    def _succeeded(self, event: Event, _: dict[str, Any]) -> None:
        """The last step ends in the same breath; how often it was begun stays."""
        self._end(event)
        self.attempt = self._last_attempt
        self._advance(100)

    def _failed(self, event: Event, _: dict[str, Any]) -> None:
        self._end(event)

    def _cancelled(self, event: Event, _: dict[str, Any]) -> None:
        self._end(event)

    def _end(self, event: Event) -> None:
        self._move(ENDS[event.name])
        self.detail = msgspec.convert(event.data, Detail) if event.data else None

    def _move(self, phase: Phase) -> None:
        hold("phase-moves-on", phase in NEXT[self.phase], f"{self.phase.name} to {phase.name}".lower())
        self.phase = phase
        self.cancel_known = self.cancel_requested_at is not None

    def _rise(self, fence: int) -> None:
        hold("fence-rises", fence > self.fence, f"fence {fence} after {self.fence}")
        self.fence = fence
        self.cancel_known = self.cancel_requested_at is not None

    def _stands(self, what: str, data: dict[str, Any], *, back: bool) -> None:
        stands = (data["step"], back) == (self.step, self.turning_back)
        hold("step-recorded-once", stands, f"step {data['step']} {what} at step {self.step}")

    def _advance(self, progress: int) -> None:
        hold("progress-rises", self.progress <= progress <= 100, f"{self.progress} to {progress}")
        self.progress = progress


FOLDED = (
    *("phase", "step", "attempt", "fence", "progress", "turning_back", "detail"),
    *("created_at", "started_at", "updated_at", "finished_at", "cancel_requested_at", "target", "type"),
)


def agree(row: Operation, told: Told) -> None:
    """Breach where the row says other things than its events."""
    for name in FOLDED:
        says, should = getattr(row, name), getattr(told, name)
        invariant = "fence-rises" if name == "fence" else "row-is-fold"
        hold(invariant, says == should, f"{name} of the row is {says!r}, of its events {should!r}")
    hold("row-is-fold", (row.owner is None) == (row.phase is not Phase.RUNNING), f"owner {row.owner}")
    begun = row.created_at if row.started_at is None else row.started_at
    hold("times-in-order", row.created_at <= begun <= row.updated_at, "created, started, updated")
    hold("times-in-order", row.phase.terminal == (row.finished_at is not None), "finished and terminal")
    _tell_outcome(row)


def _tell_outcome(row: Operation) -> None:
    if row.phase is Phase.SUCCEEDED:
        hold("outcome-told", row.detail is None, "succeeded, and says why not")
    elif row.phase.terminal:
        hold("outcome-told", row.detail is not None and row.detail.code and row.detail.text)
        cancelled = row.detail is not None and row.detail.code == "cancelled"
        hold("outcome-told", cancelled == (row.phase is Phase.CANCELLED), f"{row.phase.name} as {row.detail}")
    if row.phase is Phase.CANCELLED:
        hold("outcome-told", row.cancel_requested_at is not None, "cancelled, and nobody asked for it")
        back = row.step == -1 or row.started_at is None
        hold("outcome-told", back, "cancelled, and not all that was begun is taken back")
