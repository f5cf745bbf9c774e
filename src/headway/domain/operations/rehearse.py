"""Say what a command would do, and do nothing: it is carried out up to where it would accept an operation.

All that it checks is checked, and whoever it would refuse is refused; nothing of it is stored.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import msgspec

from headway.domain.world import Office
from headway.engine.declare import OperationType, P
from headway.engine.submit import Desk, Key
from headway.model.operations import Actor, Operation
from headway.store import operations, searches
from headway.store.database import Database, Tx

T = TypeVar("T")
A = TypeVar("A", bound=Office)
RUNS_MIN = 3


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The operation that a command would begin."""

    type: str
    target: str
    exclusive: bool
    summary: str
    steps: list[str]
    conflicts: list[Operation]
    """Who holds the target now: while they do the command is refused."""
    durations: list[float]
    """How many seconds past ones took."""


class _Planned(Exception):
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


class _Undone(Exception):
    def __init__(self, result: Any) -> None:
        self.result = result
        super().__init__()


async def rehearse(office: A, command: Callable[[A], Awaitable[object]]) -> Plan:
    """What `command` would begin at this office; whatever it refuses is raised as ever."""
    try:
        await command(dataclasses.replace(office, desk=_Rehearsal()))
    except _Planned as planned:
        return planned.plan
    raise AssertionError("a command that is rehearsed begins an operation")


async def tried(office: A, command: Callable[[A], Awaitable[T]]) -> T:
    """What `command`, of one transaction and no operation, would return; nothing of it stays."""
    forgetful = cast(Database, _Forgetful(office.database))
    return await command(dataclasses.replace(office, database=forgetful))


class _Rehearsal(Desk):
    """A desk that accepts nothing, and tells what it was asked for."""

    def __init__(self) -> None:
        pass

    def call(self) -> None:
        pass

    async def earlier(self, tx: Tx, key: Key | None) -> Operation | None:  # noqa: ARG002 - nothing was begun
        return None

    async def submit(
        self,
        tx: Tx,
        type: OperationType[P, Any],
        params: P,
        *,
        by: Actor,  # noqa: ARG002 - whoever asks, the plan is the same
        key: Key | None = None,  # noqa: ARG002
    ) -> Operation:
        target = type.target(params)
        holder = await operations.holder(tx, target) if type.exclusive else None
        raise _Planned(
            Plan(
                type=type.name,
                target=target,
                exclusive=type.exclusive,
                summary=type.summary(params) if type.summary is not None else f"{type.name} of {target}",
                steps=[step.title for step in type.steps],
                conflicts=[] if holder is None else [holder],
                durations=await searches.durations(tx, type.name, target, RUNS_MIN),
            )
        )

    async def accept(
        self, database: Database, type: OperationType[P, Any], params: P, *, by: Actor
    ) -> Operation:
        return await database.read(lambda tx: self.submit(tx, type, params, by=by))


class _Forgetful:
    """A database that takes back what is written to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        return await self._database.read(body)

    async def write(self, body: Callable[[Tx], Awaitable[T]]) -> T:
        async def undone(tx: Tx) -> T:
            raise _Undone(await body(tx))

        try:
            await self._database.write(undone)
        except _Undone as known:
            return known.result
        raise AssertionError("what was written is taken back")
