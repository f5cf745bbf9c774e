"""One operation that this node owns, to its end: forward, or back.

Each step is done outside, then written down; what is not written down is done again after a crash. Every write
carries the fence. A refused write means that another node has taken over: then this one stops and touches nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from headway import logs
from headway.clock import Clock
from headway.engine import cancel
from headway.engine.deadline import TooLate, within
from headway.engine.declare import Again, Step
from headway.engine.patience import AWAY, insist
from headway.engine.run import Live
from headway.errors import Failure, Fenced, Refusal, Trouble
from headway.model.operations import Detail, NewEvent, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Entry, Tx

log = logging.getLogger("engine")
T = TypeVar("T")

CLAIMS_MAX = 100


class Performer:
    """Performs operations. `held` tells whether this node's lease is good."""

    def __init__(self, database: Database, clock: Clock, held: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._held = held

    async def perform(self, run: Live[Any, Any]) -> None:
        """To the end. Fenced where another node has taken over; CancelledError where this one stops."""
        logs.operation.set(run.operation.id)
        if run.operation.fence > 1:
            await self._remember(run)
        if not run.operation.turning_back:
            await self._forward(run)
        if not run.operation.phase.terminal:
            await self._back(run)

    async def _remember(self, run: Live[Any, Any]) -> None:
        """What an earlier attempt, here or elsewhere, has left: notes and log."""
        id = run.operation.id

        async def kept(tx: Tx) -> int:
            for event in await events.of_operation(tx, id, count=100_000):
                if event.name == "operation.step_done":
                    run.notes.update(event.data["note"])
            return await operations.log_last(tx, id)

        run.resume_log(await self._insist(lambda: self._database.read(kept)))

    # -- forward -------------------------------------------------------------------------------------------

    async def _forward(self, run: Live[Any, Any]) -> None:
        steps = run.type.steps
        while run.operation.step < len(steps):
            step = steps[run.operation.step]
            try:
                note = await self._do(run, step)
                await self._done(run, step, note)
            except Failure as failure:
                await self._turn_back(run, Detail(code=failure.code, text=failure.text))
                return

    async def _do(self, run: Live[Any, Any], step: Step) -> dict[str, Any]:
        """The step's note. Failure where it cannot be done, or is not to be done any more."""
        if run.operation.fence > CLAIMS_MAX:
            raise Failure("claimed-too-often", f"{step.title}: given up after {CLAIMS_MAX} claims")
        while True:
            self._check(run)
            if run.cancel_wanted:
                raise await self._cancelled(run)
            run.stoppable(step.interruptible)
            try:
                return await self._attempt(run, step) or {}
            except asyncio.CancelledError:
                self._forgive(run)
            except Fenced:
                raise
            except Failure:
                if not run.interrupted and not run.stopping:
                    raise
            except Exception as error:  # noqa: BLE001 - a step may raise anything; nothing of it is lost
                if not run.cancel_wanted and not run.stopping:
                    await self._again(run, step, step.again, error)
            finally:
                run.go_on()

    async def _attempt(self, run: Live[Any, Any], step: Step) -> dict[str, Any] | None:
        try:
            return await within(step.seconds_max, step.do(run))
        except TooLate:
            raise Failure("timeout-error", f"{step.title}: not done in {step.seconds_max:g} s") from None

    def _check(self, run: Live[Any, Any]) -> None:
        """CancelledError where this node lets go of it; Fenced where another may have taken over."""
        if run.stopping:
            raise asyncio.CancelledError
        if not self._held():
            raise Fenced("lease")

    def _forgive(self, run: Live[Any, Any]) -> None:
        """Go on where somebody asked for the cancel; CancelledError where this node stops."""
        if not run.interrupted:
            raise asyncio.CancelledError
        run.go_on()

    async def _cancelled(self, run: Live[Any, Any]) -> Failure:
        now = await self._insist(lambda: self._database.read(lambda tx: operations.get(tx, run.operation.id)))
        detail = cancel.detail(now.cancel_reason if now is not None else "")
        return Failure(detail.code, detail.text)

    async def _done(self, run: Live[Any, Any], step: Step, note: dict[str, Any]) -> None:
        run.notes.update(note)
        it, now = run.operation, self._clock.now()
        if it.step == len(run.type.steps) - 1:
            last = operations.last_step_done(it, now, step.title, note)
            await self._finish(run, Phase.SUCCEEDED, None, last)
            return
        progress = run.reached(through=it.step + 1)
        row = await self._write(
            run, operations.step_done(it, now, progress, step.title, note, log=run.unsaid())
        )
        run.cancel_wanted = run.cancel_wanted or row[1] is not None
        run.next_step(msgspec.structs.replace(it, step=it.step + 1, attempt=1, progress=progress))

    # -- back ----------------------------------------------------------------------------------------------

    async def _turn_back(self, run: Live[Any, Any], detail: Detail) -> None:
        """From here on undo, beginning with the present step, which may have been begun."""
        it = run.operation
        next = min(it.step, len(run.type.steps) - 1)
        entry = operations.turned_back(it, self._clock.now(), next, detail, log=run.unsaid())
        await self._write(run, entry)
        run.next_step(msgspec.structs.replace(it, turning_back=True, step=next, attempt=1, detail=detail))

    async def _back(self, run: Live[Any, Any]) -> None:
        while run.operation.step >= 0:
            step = run.type.steps[run.operation.step]
            try:
                await self._undo(run, step)
            except Failure as failure:
                await self._stuck(run, step, failure)
                return
            it = run.operation
            entry = operations.step_undone(it, self._clock.now(), step.title, log=run.unsaid())
            await self._write(run, entry)
            run.next_step(msgspec.structs.replace(it, step=it.step - 1, attempt=1))
        detail = run.operation.detail
        assert detail is not None
        phase = Phase.CANCELLED if detail.code == cancel.CODE else Phase.FAILED
        await self._finish(run, phase, detail)

    async def _undo(self, run: Live[Any, Any], step: Step) -> None:
        if step.undo is None:
            return None
        while True:
            self._check(run)
            try:
                return await within(step.seconds_max, step.undo(run))
            except Fenced:
                raise
            except Failure:
                if not run.stopping:
                    raise
            except Exception as error:  # noqa: BLE001 - as for a step that is done
                if not run.stopping:
                    await self._again(run, step, step.again, error)
            finally:
                run.go_on()

    async def _stuck(self, run: Live[Any, Any], step: Step, failure: Failure) -> None:
        """What cannot be undone is told; it is never called cancelled."""
        why = run.operation.detail
        assert why is not None
        text = f"{why.text}; and it could not be taken back: {step.title}: {failure.text}"
        await self._finish(run, Phase.FAILED, Detail(code="undo-failed", text=text))

    # -- both ----------------------------------------------------------------------------------------------

    async def _again(self, run: Live[Any, Any], step: Step, again: Again, error: Exception) -> None:
        """Pause and let the step be tried again; Failure once it has been tried often enough."""
        it = run.operation
        why = str(error) or type(error).__name__
        log.warning(
            "%s: attempt %d: %s", step.title, it.attempt, why, exc_info=not isinstance(error, Trouble)
        )
        if it.attempt >= again.attempts_max:
            raise Failure("attempts-exhausted", f"{step.title}: {why}") from error
        pause = min(again.first_seconds * 2 ** (it.attempt - 1), again.pause_seconds_max)
        entry = operations.step_again(it, self._clock.now(), why, pause, log=run.unsaid())
        row = await self._write(run, entry)
        run.cancel_wanted = run.cancel_wanted or row[1] is not None
        run.next_step(msgspec.structs.replace(it, attempt=it.attempt + 1))
        if run.cancel_wanted and not it.turning_back:
            return
        run.stoppable(not it.turning_back)
        try:
            await self._clock.sleep(pause)
        except asyncio.CancelledError:
            self._forgive(run)
        finally:
            run.stoppable(False)

    async def _finish(
        self, run: Live[Any, Any], phase: Phase, detail: Detail | None, last: NewEvent | None = None
    ) -> None:
        it = run.operation
        entry = operations.finished(it, self._clock.now(), phase, detail, last, log=run.unsaid())
        if run.type.record is None and run.type.record_failure is None:
            await self._write(run, entry)
        else:
            await self._record(run, phase, detail, entry)
        run.next_step(
            msgspec.structs.replace(it, step=it.step + (last is not None), phase=phase, detail=detail)
        )

    async def _record(self, run: Live[Any, Any], phase: Phase, detail: Detail | None, entry: Entry) -> None:
        *before, outcome = entry.events
        guarded = msgspec.structs.replace(entry, events=tuple(before))

        async def ends(tx: Tx) -> bool:
            if not await operations.carry_out(tx, guarded):
                return False
            if phase is Phase.SUCCEEDED and run.type.record is not None:
                await run.type.record(run, tx)
            if phase is not Phase.SUCCEEDED and run.type.record_failure is not None:
                assert detail is not None
                await run.type.record_failure(run, tx, detail)
            tx.append(outcome)
            return True

        try:
            try:
                held = await self._database.write(ends)
            except AWAY as away:
                held = await insist(self._clock, lambda: self._database.write(ends), away)
            if not held:
                await self._confirm(run, entry)
            run.said(entry.log)
        except Refusal as refusal:
            if phase is not Phase.SUCCEEDED:
                raise
            raise Failure("record-refused", str(refusal)) from refusal

    async def _write(self, run: Live[Any, Any], entry: Entry) -> tuple[Any, ...]:
        run.takes_along(entry.log)
        try:
            row = await self._database.journal(entry)
        except AWAY as away:
            row = await insist(self._clock, lambda: self._database.journal(entry), away)
        if row is None:
            now = await self._confirm(run, entry)
            row = (now.id, now.cancel_requested_at)
        run.said(entry.log)
        return row

    async def _confirm(self, run: Live[Any, Any], entry: Entry) -> Operation:
        """The guard did not hold: another node holds it, or the write is there and only its answer lost."""
        it, run.refused = run.operation, True
        now = await self._insist(lambda: self._database.read(lambda tx: operations.get(tx, it.id)))
        ours = now is not None and now.fence == it.fence
        moved = now is not None and (now.step, now.attempt, now.turning_back, now.phase) != (
            it.step,
            it.attempt,
            it.turning_back,
            it.phase,
        )
        if now is None or not (ours and moved):
            raise Fenced(entry.query.name)
        run.refused = False
        return now

    async def _insist(self, act: Callable[[], Awaitable[T]]) -> T:
        return await insist(self._clock, act)
