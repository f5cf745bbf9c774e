"""Assignments as rows, and who has seen which task."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from headway.errors import NotFound
from headway.model.assignments import Assignment, AssignmentStatus, Where
from headway.model.listing import Search
from headway.store.database import Row, Tx
from headway.store.listing import ordered
from headway.store.sheets import sheet
from headway.store.tasks import listed

SQL = sheet("assignments")
TIMES = ("created", "submitted", "accepted", "rejected", "skipped", "expired")
"""By what a list can be searched, and beside the id sorted."""
SORTED = (
    ("id", "id"),
    ("created", "created_at"),
    *((name, f"coalesce({name}_at, -1)") for name in TIMES[1:]),
)


class Answered(msgspec.Struct, frozen=True):
    """An accepted assignment: who answered what to which tasks."""

    id: int
    user_id: str
    task_ids: tuple[int, ...]
    values: list[dict[str, Any]]


class About(msgspec.Struct, frozen=True):
    """Who was given a task, and what they answered to it."""

    task_id: int
    user_id: str
    status: AssignmentStatus
    values: dict[str, Any]
    """Nothing before there is an answer."""


def _assignment(row: Row) -> Assignment:
    values = list(row)
    values[5] = AssignmentStatus(values[5])
    return Assignment(*values)


async def insert(tx: Tx, it: Assignment, task_ids: Sequence[int]) -> None:
    """Give a suite to somebody. NotUnique where they have seen one of its tasks."""
    await tx.run(
        SQL["insert"],
        id=it.id,
        pool_id=it.pool_id,
        owner_id=it.owner_id,
        suite_id=it.suite_id,
        user_id=it.user_id,
        reward=it.reward,
        at=it.created_at,
        due_at=it.due_at,
    )
    await tx.run(SQL["see"], user_id=it.user_id, task_ids=listed(task_ids), assignment_id=it.id)


async def get(tx: Tx, owner_id: int, id: int) -> Assignment:
    """One in a pool of that owner's; NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[2] != owner_id:
        raise NotFound("assignment")
    return _assignment(row)


async def active(tx: Tx, pool_id: int, user_id: str) -> Assignment | None:
    """What somebody has in hand."""
    row = await tx.one(SQL["active"], pool_id=pool_id, user_id=user_id)
    return None if row is None else _assignment(row)


async def page(tx: Tx, owner_id: int, where: Where, search: Search) -> list[Assignment]:
    """Those that are searched for, in pools of an owner."""
    values = search.values(*TIMES) | {"owner_id": owner_id, "suite_id": where.suite_id}
    values |= {"task_id": where.task_id, "user_id": where.user_id}
    values["statuses"] = " ".join(str(int(status)) for status in where.statuses)
    if where.pool_id < 0:
        rows = await tx.all(ordered(SQL["page"], search.order, SORTED), **values)
    else:
        query = ordered(SQL["page_of_pool"], search.order, SORTED)
        rows = await tx.all(query, pool_id=where.pool_id, **values)
    return [_assignment(row) for row in rows]


async def active_in(tx: Tx, pool_id: int) -> bool:
    """Whether anybody has anything of a pool in hand."""
    return await tx.one(SQL["active_in"], pool_id=pool_id) is not None


async def rejected_since(tx: Tx, pool_id: int, after: int) -> bool:
    """Whether any answer was rejected after that."""
    return await tx.one(SQL["rejected_since"], pool_id=pool_id, after=after) is not None


async def answered(tx: Tx, pool_id: int, at: int, after: int = 0, count: int = 1000) -> list[Answered]:
    """Those of a pool that had been accepted by then, behind an id, in order."""
    rows = await tx.all(SQL["answered"], pool_id=pool_id, at=at, after=after, count=count)
    return [_answered(row) for row in rows]


def _answered(row: Row) -> Answered:
    id, user_id, task_ids, solutions = row
    values = [one["output_values"] for one in msgspec.json.decode(solutions)]
    return Answered(id, user_id, msgspec.json.decode(task_ids, type=tuple[int, ...]), values)


async def about(tx: Tx, task_ids: Sequence[int]) -> list[About]:
    """Who was given any of these tasks, in the order in which they were."""
    rows = await tx.all(SQL["about"], ids=listed(task_ids))
    return [_about(row) for row in rows]


def _about(row: Row) -> About:
    task_id, user_id, status, task_ids, solutions = row
    values: dict[str, Any] = {}
    if solutions is not None:
        place = msgspec.json.decode(task_ids, type=list[int]).index(task_id)
        values = msgspec.json.decode(solutions)[place]["output_values"]
    return About(task_id, user_id, AssignmentStatus(status), values)


async def move(tx: Tx, it: Assignment, before: AssignmentStatus) -> bool:
    """It is as is said here; False where it was not `before` any more."""
    values = {name: getattr(it, name) for name in _MOVED}
    return await tx.run(SQL["move"], id=it.id, status=int(it.status), before=int(before), **values) > 0


_MOVED: Iterable[str] = ("solutions", "public_comment", "due_at", *(f"{name}_at" for name in TIMES[1:]))


async def due(tx: Tx, at: int, count: int = 200) -> list[Assignment]:
    """Those that move on by themselves by then, the longest due first."""
    return [_assignment(row) for row in await tx.all(SQL["due"], at=at, count=count)]
