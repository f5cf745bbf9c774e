"""The witness: sees every commit, request and act of a simulation, and holds each against what must be true.

It looks right after each commit, before anybody else does anything. What it finds ends the run at once.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar, cast

import msgspec

from headway.clock import SECOND
from headway.engine.declare import OperationType
from headway.ids import show
from headway.model.operations import Event, Operation, Phase
from headway.store import events, operations
from headway.store.database import Database, Row, Tx
from headway.testing.simulation.breach import Breach, hold
from headway.testing.simulation.clocks import Dates
from headway.testing.simulation.history import AUDITS, Told, agree
from headway.testing.simulation.line import Request
from headway.testing.simulation.loop import Loop, Process
from headway.testing.simulation.standing import Standing

T = TypeVar("T")

UNAUDITED = {"operations.advance", "operations.say"}
"""Written down beside the performing: a refusal stops nothing, the next write of the operation itself meets the same."""
PAGE = 500
WHOLE_LOOK_EACH = 20
"""Every so many commits all rows are read, not only those that move."""


class Moment(msgspec.Struct, frozen=True):
    """One line of the trace."""

    at: float
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:11.6f}  {self.who:<10} {self.what}"


class Witness:
    """Of one simulation. `store` is read directly; `ended` is told of each operation that has ended."""

    def __init__(
        self,
        loop: Loop,
        store: Database,
        dates: Dates,
        types: Mapping[str, OperationType[Any, Any]],
        *,
        lease_seconds: float,
        retention_seconds: float,
    ) -> None:
        self._loop = loop
        self._store = store
        self._dates = dates
        self.types = types
        self._retention = retention_seconds
        self.standing = Standing(loop, dates, lease_seconds)
        self.told: dict[int, Told] = {}
        self._gone: set[int] = set()
        self.events = 0
        self.trace: list[Moment] = []
        self.closed = False
        """Nothing that happens now counts."""
        self.stepped: list[Callable[[Told, int], None]] = []
        """Told of each step that was recorded as done, with the fence of who did."""
        self.ended: list[Callable[[Told], None]] = []
        self.looked: list[Callable[[], None]] = []
        """Called after each commit."""
        self._digest = hashlib.blake2b(digest_size=12)
        self._seq = 0
        self._seqs: defaultdict[int, list[int]] = defaultdict(list)
        self._looks = 0
        self._steps: list[tuple[Told, int]] = []
        self._rows: dict[int, Operation] = {}
        self._holders: dict[str, int] = {}
        self._queued: set[int] = set()
        self._fences: dict[tuple[int, int], int] = {}
        """The fence with which a request wrote for an operation."""
        self._refusals: dict[int, tuple[Process, int, int]] = {}
        self._refused: list[tuple[Process, int, int]] = []
        """Refusals that were heard."""
        self._audited: set[tuple[int, int]] = set()
        self._recorded: Callable[[Tx], Coroutine[Any, Any, dict[int, int]]] | None = None

    # -- the trace -----------------------------------------------------------------------------------------

    def say(self, who: str, what: str) -> None:
        """One more line."""
        moment = Moment(self._loop.time(), who, what)
        self.trace.append(moment)
        self._digest.update(f"{moment.at!r} {who} {what}\n".encode())

    @property
    def digest(self) -> str:
        """Stands for the whole trace."""
        return self._digest.hexdigest()

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._loop.time()

    def hold(self, invariant: str, holds: object, text: str = "") -> None:
        """Breach, which ends the run also where somebody would swallow it."""
        if not holds and not self.closed:
            self._broken(Breach(invariant, text))

    def _broken(self, breach: Breach) -> None:
        self._loop.broken = self._loop.broken or breach
        self.say("BREACH", str(breach))
        raise breach

    # -- requests ------------------------------------------------------------------------------------------

    def asked(self, request: Request) -> None:
        """A request has set out."""
        self.standing.asked(request.number)

    def writes(self, request: Request, values: Mapping[str, object]) -> None:
        """A statement with a fence is carried out; what comes of it is marked with the request."""
        self._fences[request.number, cast(int, values["id"])] = cast(int, values["fence"])

    def guarded(
        self, process: Process, request: Request, values: Mapping[str, object], row: Row | None
    ) -> None:
        """A statement with a fence was carried out, or its guard did not hold."""
        id, fence = cast(int, values["id"]), cast(int, values["fence"])
        told = self.told.get(id)
        if told is None:
            return
        if row is not None and request.name == "operations.say":
            self.hold("old-fence-refused", fence >= told.fence, f"log with fence {fence} after {told.fence}")
        if row is None and fence < told.fence and request.name not in UNAUDITED:
            self.say(process.name, f"{show(id)} refused: {request.name} with fence {fence}")
            self._refusals[request.number] = (process, id, fence)

    def leased(self, request: Request, *, good: bool) -> None:
        """The request was for the node's lease."""
        self.standing.leased(request.number, good)

    def heard(self, process: Process, request: Request) -> None:
        """A process has its answer."""
        if request.number in self._refusals:
            self._refused.append(self._refusals[request.number])
        self.standing.heard(process, request.number)

    # -- commits -------------------------------------------------------------------------------------------

    def committed(self) -> None:
        """Something is on disk: look at it."""
        try:
            moved = self._read_events()
            self._looks += 1
            whole = not self._looks % WHOLE_LOOK_EACH
            self._read_rows(moved, whole=whole)
            if whole or not moved or any(self.told[id].phase.terminal for id in moved):
                self._read_records()
            self._tell_steps()
            for told in (self.told[id] for id in sorted(moved) if self.told[id].phase.terminal):
                for ended in self.ended:
                    ended(told)
            for looked in self.looked:
                looked()
        except Breach as breach:
            self._broken(breach)

    def _tell_steps(self) -> None:
        steps, self._steps = self._steps, []
        for told, fence in steps:
            for stepped in self.stepped:
                stepped(told, fence)

    def seqs(self, id: int, last: int) -> list[int]:
        """The numbers of the events of an operation, up to one."""
        return [seq for seq in self._seqs[id] if seq <= last]

    def now(self, body: Callable[[Tx], Any]) -> Any:
        """What is in the database at this moment."""
        coroutine = self._store.read(body)
        try:
            cast("Coroutine[Any, Any, Any]", coroutine).send(None)
        except StopIteration as end:
            return end.value
        raise AssertionError("reading takes time")

    def _read_events(self) -> set[int]:
        moved: set[int] = set()
        claimed: dict[str, list[int]] = defaultdict(list)
        full = True
        while full:
            page = cast("list[Event]", self.now(lambda tx: events.after(tx, self._seq, PAGE)))
            full = len(page) == PAGE
            for event in page:
                hold("sequence-without-gap", event.seq == self._seq + 1, f"{event.seq} after {self._seq}")
                self._seq = event.seq
                self._seqs[event.operation or 0].append(event.seq)
                self.events += 1
                self._one(event, claimed)
                moved.add(event.operation or 0)
        for ids in claimed.values():
            older = [id for id in self._queued if id < max(ids)]
            hold("oldest-first", not older, f"{show(max(ids))} was claimed before {[*map(show, older)]}")
        return moved

    def _one(self, event: Event, claimed: dict[str, list[int]]) -> None:
        id = event.operation or 0
        self.say("event", f"{event.seq} {show(id)} {event.name} {_shown(event)}")
        hold("row-is-fold", event.by.name, "an event without an actor")
        if event.name in AUDITS:
            self._audited.add((id, event.data["fence"]))
        if id not in self.told:
            self._accepted(Told(event))
            return
        told = self.told[id]
        self._check_fence(event, told)
        told.apply(event)
        if event.name == "operation.step_done":
            self._steps.append((told, told.fence))
        if event.name == "operation.started":
            self._queued.discard(id)
            if event.by.request_id != told.asked:
                claimed[event.by.request_id].append(id)
        if told.phase.terminal and event.name not in AUDITS:
            self._queued.discard(id)
            if self.types[told.type].exclusive:
                self._holders.pop(told.target, None)

    def _accepted(self, told: Told) -> None:
        self.told[told.id] = told
        self._queued.add(told.id)
        if self.types[told.type].exclusive:
            holder = self._holders.setdefault(told.target, told.id)
            hold("one-holder", holder == told.id, f"{told.target} is held by {show(holder)}")

    def _check_fence(self, event: Event, told: Told) -> None:
        fence = self._fences.get((int(event.by.request_id or 0), told.id))
        if fence is not None:
            text = f"{event.name} with fence {fence} while {told.fence} is the newest"
            hold("old-fence-refused", fence == told.fence, text)

    # -- rows ----------------------------------------------------------------------------------------------

    def _read_rows(self, moved: set[int], *, whole: bool) -> None:
        rows = cast("list[Operation]", self.now(lambda tx: self._rows_of(tx, moved, whole=whole)))
        for row in rows:
            before = self._rows.get(row.id)
            if before == row and row.id not in moved:
                continue
            hold("accepted-is-kept", row.id in self.told, f"{show(row.id)} without an event")
            agree(row, self.told[row.id])
            self._compare(before, row)
            self._rows[row.id] = row
        if whole:
            for id in self._rows.keys() - {row.id for row in rows}:
                self._buried(id)

    async def _rows_of(self, tx: Tx, moved: set[int], *, whole: bool) -> list[Operation]:
        if whole:
            return await operations.newest(tx, count=100_000)
        found = {row.id: row for row in await operations.active(tx)}
        ended = [await operations.get(tx, id) for id in sorted(moved - found.keys()) if id]
        still = [id for id, row in self._rows.items() if not row.phase.terminal and id not in found]
        more = [await operations.get(tx, id) for id in still if id not in moved]
        return [*found.values(), *(row for row in (*ended, *more) if row is not None)]

    def _compare(self, before: Operation | None, row: Operation) -> None:
        if before is None:
            return
        hold("phase-moves-on", before.phase <= row.phase, f"{before.phase.name} to {row.phase.name}")
        if before.phase.terminal:
            hold("phase-moves-on", before == row, f"{show(row.id)} changed after its end")
        hold("times-in-order", before.updated_at <= row.updated_at, "updated fell")
        hold("progress-rises", before.progress <= row.progress, "progress of the row fell")

    def _buried(self, id: int) -> None:
        row = self._rows.pop(id)
        self._gone.add(id)
        hold("retention-kept", row.phase.terminal, f"{show(id)} is gone and had not ended")
        latest = max(self._dates.latest(), row.finished_at or 0)
        hold("retention-kept", (row.finished_at or 0) + self._retention * SECOND <= latest, "gone too early")
        stone = self.now(lambda tx: operations.tombstone(tx, id))
        same = (row.id, row.type, row.phase, row.account_id, row.created_at, row.finished_at)
        hold(
            "retention-kept",
            stone is not None and msgspec.structs.astuple(stone) == same,
            "a false tombstone",
        )

    def gone(self, id: int) -> bool:
        """Whether the janitor took it, as it may."""
        if id not in self._gone:
            try:
                self._read_rows(set(), whole=True)
            except Breach as breach:
                self._broken(breach)
        return id in self._gone

    # -- what the types write ------------------------------------------------------------------------------

    def records(self, counted: Callable[[Tx], Coroutine[Any, Any, dict[int, int]]]) -> None:
        """How the rows that types wrote are counted, by operation."""
        self._recorded = counted

    def _read_records(self) -> None:
        if self._recorded is None:
            return
        found = cast("dict[int, int]", self.now(self._recorded))
        wanted = {id for id, told in self.told.items() if self._has_record(told)}
        hold("record-with-the-end", found.keys() <= wanted, f"rows of {[*map(show, found.keys() - wanted)]}")
        hold(
            "record-with-the-end", wanted <= found.keys(), f"no rows of {[*map(show, wanted - found.keys())]}"
        )
        twice = [show(id) for id, count in found.items() if count > 1]
        hold("record-with-the-end", not twice, f"written twice: {twice}")

    def _has_record(self, told: Told) -> bool:
        type = self.types[told.type]
        if told.phase is Phase.SUCCEEDED:
            return type.record is not None
        return told.phase.terminal and type.record_failure is not None

    # -- the end -------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """What can only be said when everything is over."""
        try:
            self._read_rows(set(), whole=True)
            open = [show(id) for id, told in self.told.items() if not told.phase.terminal]
            hold("everything-ends", not open, f"still open: {open}")
            for process, id, fence in self._refused:
                if process.alive:
                    text = f"{show(id)}: {process.name} wrote with fence {fence}"
                    hold("refusal-audited", (id, fence) in self._audited, text)
        except Breach as breach:
            self._broken(breach)


def _shown(event: Event) -> str:
    data = {key: value for key, value in event.data.items() if key not in {"note", "title", "account"}}
    return " ".join(f"{key}={value}" for key, value in data.items()) + f" #{event.by.request_id}"
