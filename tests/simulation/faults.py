"""Faults, planted on purpose in memory: each takes one safeguard out of the engine, and the simulation must notice.

A fault is undone when its test ends: it is set with the `monkeypatch` that it is given.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest

from headway.engine import perform as performing
from headway.engine import submit as submitting
from headway.engine.feed import Feed
from headway.engine.perform import Performer
from headway.engine.worker import Worker
from headway.errors import Busy, Conflict
from headway.model.operations import Phase
from headway.store import keys, nodes, operations, sqlite_tx
from headway.store import migrate as migrating
from headway.testing.simulation.nodes import Node
from headway.testing.simulation.plays import Asked
from headway.testing.simulation.town import Town

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


Script = Callable[[Town], Coroutine[Any, Any, None]]


async def anything(town: Town) -> None:
    """Whatever the seed says."""
    await town.live(20, 20)


async def zombies(town: Town) -> None:
    """Nodes freeze in the middle of their work, and wake when others have begun to do it again."""
    await begun(town)
    for node in town.nodes:
        await asked(town, node)
    for node in town.nodes[:1]:
        await town.clock.sleep(1.5)
        node.freeze()
        await town.clock.sleep(7.5)
        node.wake()
    await town.recover()


async def deaths(town: Town) -> None:
    """A node dies in the middle of its work and comes back, again and again."""
    await begun(town)
    for _ in range(4):
        for node in town.nodes:
            if node.up:
                await asked(town, node)
        await town.clock.sleep(0.4)
        town.nodes[0].kill()
        town.nodes[0].start()
        await town.nodes[0].ready.wait()
    await town.recover()


async def silence(town: Town) -> None:
    """A node is cut off for longer than its lease, and works on."""
    await begun(town)
    await asked(town, town.nodes[0])
    town.weather.cut(town.nodes[0].name, town.loop.time() + 8, stalls=False)
    await town.recover()


async def long_silence(town: Town) -> None:
    """A node is cut off while a step of it waits for another attempt."""
    await begun(town)
    await asked(town, town.nodes[0])
    await town.clock.sleep(0.5)
    town.weather.cut(town.nodes[0].name, town.loop.time() + 20, stalls=False)
    await town.recover()


async def second_thoughts(town: Town) -> None:
    """Everything is asked for, and then cancelled."""
    await begun(town)
    for n in range(12):
        node = town.nodes[0]
        it = await node.call(lambda: node.submit(town.types["play.0"], Asked(f"thing:{n}")))
        await town.clock.sleep(0.03 * n)
        with contextlib.suppress(Conflict):
            await town.nodes[-1].call(lambda: town.nodes[-1].cancel(it.id))
    await town.recover()


async def late_answer(town: Town) -> None:
    """The answer to a submission comes when its node has lost its lease, and come back."""
    await begun(town)
    node = town.nodes[0]
    seat = node.worker.room()
    assert seat is not None
    it = await node.call(lambda: node.submit(town.types["play.0"], Asked("thing:1")))
    node.freeze()
    await town.clock.sleep(20)
    node.wake()
    await town.clock.sleep(5)
    town.loop.call_soon(node.worker.begin, it, seat, context=node.process.context)
    await town.recover()


async def begun(town: Town) -> None:
    await town.open()
    for node in town.nodes:
        node.start()
        await node.ready.wait()


async def asked(town: Town, node: Node) -> None:
    """One of each type."""
    for n, type in enumerate(town.types.values()):
        with contextlib.suppress(Busy):
            await node.call(lambda type=type, n=n: node.submit(type, Asked(f"thing:{n}")))


class Fault(msgspec.Struct, frozen=True):
    """One safeguard less, the invariants of which one is bound to break, and when."""

    name: str
    found_by: tuple[str, ...]
    plant: Plant
    script: Script = anything
    lines: tuple[str, ...] = ()
    """The types of the script; none where the seed makes them."""


def reword(patch: Patch, noun: Any, name: str, old: str, new: str) -> None:
    """Change a statement of a sheet, as SQLite gets it."""
    query = noun.SQL[name]
    # Values are numbered in the order in which they first stand; those of a guard that goes stay in the list.
    assert old in query.sqlite.sql, query.sqlite.sql
    changed = query.sqlite.sql.replace(old, new)
    patch.setitem(
        noun.SQL,
        name,
        msgspec.structs.replace(query, sqlite=msgspec.structs.replace(query.sqlite, sql=changed)),
    )


def guard_less(noun: Any, name: str, value: str, instead: str) -> Plant:
    """A statement without the part of its guard that compares with a value."""

    def plant(patch: Patch) -> None:
        query = noun.SQL[name]
        mark = f"?{query.sqlite.names.index(value) + 1}"
        reword(patch, noun, name, f"{value} = {mark}", f"{instead} AND {mark} = {mark}")

    return plant


def no_lease_check(patch: Patch) -> None:
    def _check(self: Any, run: Any) -> None:
        if run.stopping:
            raise asyncio.CancelledError

    patch.setattr(Performer, "_check", _check)


def record_beside_the_end(patch: Patch) -> None:
    """The type's rows are written first, in a transaction of their own."""
    finish = Performer._finish

    async def _finish(self: Any, run: Any, phase: Any, detail: Any, last: Any = None) -> None:
        record = run.type.record
        if phase is Phase.SUCCEEDED and record is not None:
            await self._insist(lambda: self._database.write(lambda tx: record(run, tx)))
            bare = msgspec.structs.replace(run.type, record=None)
            run.type, kept = bare, run.type
            try:
                await finish(self, run, phase, detail, last)
            finally:
                run.type = kept
            return
        await finish(self, run, phase, detail, last)

    patch.setattr(Performer, "_finish", _finish)


def no_undo(patch: Patch) -> None:
    async def _undo(self: Any, run: Any, step: Any) -> None:
        return None

    patch.setattr(Performer, "_undo", _undo)


def newest_first(patch: Patch) -> None:
    reword(patch, operations, "claim", "ORDER BY id", "ORDER BY id DESC")


def no_unique_index(patch: Patch) -> None:
    """The hold is an index like any other."""
    statements = migrating.Migration.statements

    def without(self: Any, engine: str) -> list[str]:
        return [
            it.replace("CREATE UNIQUE INDEX operations_held", "CREATE INDEX operations_held")
            for it in statements(self, engine)
        ]

    patch.setattr(migrating.Migration, "statements", without)
    held = "ON CONFLICT (target) WHERE exclusive = 1 AND phase < 3 DO NOTHING"
    reword(patch, operations, "insert", held, "ON CONFLICT DO NOTHING")


def no_epoch_check(patch: Patch) -> None:
    guard_less(nodes, "renew", "epoch", "1 = 1")(patch)


def gaps_in_the_sequence(patch: Patch) -> None:
    numbered = "(SELECT coalesce(max(seq), 0) + 1 + (?1 % 7 = 0) FROM events)"
    patch.setattr(
        sqlite_tx,
        "_EVENT",
        sqlite_tx._EVENT.replace(
            "VALUES (NULL, ?, ?, ?, ?, ?, ?)", f"VALUES ({numbered}, ?1, ?2, ?3, ?4, ?5, ?6)"
        ),
    )


def events_beside_the_rows(patch: Patch) -> None:
    """Progress is told, and its row left as it was."""
    reword(patch, operations, "advance", "SET progress =", "SET progress = progress + 0 *")


def ends_twice(patch: Patch) -> None:
    """The terminal write looks neither at the phase nor at the step."""
    reword(patch, operations, "finish", "phase = 2", "phase >= 2")
    reword(patch, operations, "finish", "AND step = ", "AND -9 < ")


def any_request_with_the_key(patch: Patch) -> None:
    async def get(tx: Any, scope: str, key: str) -> Any:
        row = await tx.one(keys.SQL["get"], scope=scope, key=key)
        return None if row is None else ("something else", row[1])

    patch.setattr(submitting, "keys", _Module(keys, get=get))


def key_forgotten(patch: Patch) -> None:
    async def earlier(self: Any, tx: Any, key: Any) -> None:
        return None

    async def insert(*_: Any, **__: Any) -> None:
        return None

    patch.setattr(submitting.Desk, "earlier", earlier)
    patch.setattr(submitting, "keys", _Module(keys, insert=insert))


class _Module:
    """A module with some of its functions changed."""

    def __init__(self, module: Any, **changed: Any) -> None:
        self.__dict__ |= {**vars(module), **changed}


def no_audit(patch: Patch) -> None:
    async def _audit(self: Any, operation: Any, what: str) -> None:
        return None

    patch.setattr(Worker, "_audit", _audit)


def every_step_is_interruptible(patch: Patch) -> None:
    do = Performer._do

    async def _do(self: Any, run: Any, step: Any) -> Any:
        return await do(self, run, msgspec.structs.replace(step, interruptible=True))

    patch.setattr(Performer, "_do", _do)


def log_after_the_step(patch: Patch) -> None:
    """What a step says goes with the next write after its own."""
    done = operations.step_done

    def step_done(*given: Any, log: Any = (), **named: Any) -> Any:
        return done(*given, **named)

    patch.setattr(performing.operations, "step_done", step_done)


def no_fence_at_a_take_over(patch: Patch) -> None:
    reword(patch, operations, "take_over", "fence = fence + 1", "fence = fence")


def notes_forgotten(patch: Patch) -> None:
    async def _remember(self: Any, run: Any) -> None:
        return None

    patch.setattr(Performer, "_remember", _remember)


def cancel_unheard_at_a_step(patch: Patch) -> None:
    reword(patch, operations, "step_done", "RETURNING id, cancel_requested_at", "RETURNING id, NULL")


def cancel_unheard_at_an_attempt(patch: Patch) -> None:
    reword(patch, operations, "step_again", "RETURNING id, cancel_requested_at", "RETURNING id, NULL")


def cancelled_while_it_runs(patch: Patch) -> None:
    """Whoever asks gets what was asked for, whatever still runs."""
    reword(patch, operations, "cancel_unstarted", "phase < 2", "phase < 3")
    from headway.engine import cancel

    async def _end_unbegun(tx: Any, id: int, why: Any, at: int, record: Any) -> None:
        operation = await operations.get(tx, id)
        assert operation
        await operations.cancel_unstarted(tx, operation, why, at)

    patch.setattr(cancel, "_end_unbegun", _end_unbegun)


def dropped_work_stays_dropped(patch: Patch) -> None:
    """Nobody looks for what is owned and not performed; nor at the start."""

    async def nothing(self: Any) -> None:
        self._settled = True

    patch.setattr(Worker, "_take_up", nothing)
    patch.setattr(Worker, "_resume", nothing)


def rescue_after_a_second(patch: Patch) -> None:
    """Time decides who is dead, not the lease."""
    for name in ("lapsed", "expire"):
        reword(patch, nodes, name, "lease_until <", "lease_until - 4500000 <")


def events_read_from_the_wrong_end(patch: Patch) -> None:
    read = Feed.read

    async def skipping(self: Any, after: int, operation: int | None = None) -> Any:
        page = await read(self, after, operation)
        return page[1:] if len(page) > 2 else page

    patch.setattr(Feed, "read", skipping)


def begins_with_a_lost_epoch(patch: Patch) -> None:
    def begin(self: Any, operation: Any, seat: Any) -> None:
        self._begin(operation)

    patch.setattr(Worker, "begin", begin)


LONG = ("a:long/plain b:quick/plain", "a:quick/plain b:long/plain", "a:long/plain")
FENCE = ("old-fence-refused",)
FAULTS = (
    Fault(
        "a step is recorded without its fence",
        FENCE,
        guard_less(operations, "step_done", "fence", "1 = 1"),
        zombies,
        LONG,
    ),
    Fault(
        "an end is written without its fence",
        FENCE,
        guard_less(operations, "finish", "fence", "1 = 1"),
        zombies,
        LONG,
    ),
    Fault("a take-over leaves the fence as it is", ("fence-rises",), no_fence_at_a_take_over, deaths, LONG),
    Fault(
        "the lease is not looked at before a step",
        ("one-performer-acts",),
        no_lease_check,
        long_silence,
        ("a:later/plain",),
    ),
    Fault(
        "a lease is renewed whatever its epoch",
        ("one-performer-acts",),
        no_epoch_check,
        silence,
        ("a:long/plain",),
    ),
    Fault(
        "who is late by the clock counts as dead",
        ("one-performer-acts",),
        rescue_after_a_second,
        zombies,
        LONG,
    ),
    Fault(
        "an operation begins after its epoch",
        ("one-performer-acts",),
        begins_with_a_lost_epoch,
        late_answer,
        ("a:quick/plain",),
    ),
    Fault("a refused write is not audited", ("refusal-audited",), no_audit, zombies, ("a:stay/plain",)),
    Fault("notes are forgotten at a take-over", ("notes-kept",), notes_forgotten, deaths, LONG),
    Fault("what was dropped stays dropped", ("everything-ends",), dropped_work_stays_dropped, deaths, LONG),
    Fault("rows of the type are written beside the end", ("record-with-the-end",), record_beside_the_end),
    Fault("steps are not undone", ("outcome-is-true",), no_undo),
    Fault("the newest is claimed first", ("oldest-first",), newest_first),
    Fault("the unique index on held targets is gone", ("one-holder",), no_unique_index),
    Fault("events are numbered with gaps", ("sequence-without-gap",), gaps_in_the_sequence),
    Fault("an event is told and its row not written", ("row-is-fold",), events_beside_the_rows),
    Fault("an operation ends twice", ("one-end",), ends_twice),
    Fault("a key is good for any request", ("key-means-one",), any_request_with_the_key),
    Fault("a key is forgotten", ("key-means-one",), key_forgotten),
    Fault(
        "a cancel stops what must not be stopped",
        ("kept-step-is-whole",),
        every_step_is_interruptible,
        second_thoughts,
        ("a:keep/plain",),
    ),
    Fault("a step is recorded before its log", ("log-before-step",), log_after_the_step),
    Fault(
        "a cancel is not heard with a step",
        ("cancel-starts-nothing",),
        cancel_unheard_at_a_step,
        second_thoughts,
        ("a:quick/plain b:quick/plain c:quick/plain",),
    ),
    Fault(
        "a cancel is not heard with an attempt",
        ("cancel-starts-nothing",),
        cancel_unheard_at_an_attempt,
        second_thoughts,
        ("a:always/plain",),
    ),
    Fault(
        "cancelled is said at once",
        ("ended-is-quiet", "outcome-told", "row-is-fold"),
        cancelled_while_it_runs,
        second_thoughts,
        ("a:quick/plain",),
    ),
    Fault("a follower is given half a page", ("followers-miss-nothing",), events_read_from_the_wrong_end),
)
