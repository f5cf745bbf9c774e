"""Skills as rows, and how far each person has each."""

from collections.abc import Collection

import msgspec

from headway.errors import NotFound
from headway.model.listing import Search
from headway.model.skills import Skill, UserSkill
from headway.store.database import Tx
from headway.store.sheets import sheet

SQL = sheet("skills")


async def insert(tx: Tx, it: Skill) -> None:
    """Keep a new one."""
    values = {"id": it.id, "owner_id": it.owner_id, "name": it.name, "body": it.body}
    await tx.run(SQL["insert"], **values, at=it.created_at)


async def get(tx: Tx, owner_id: int, id: int) -> Skill:
    """One of that owner's; NotFound."""
    row = await tx.one(SQL["get"], id=id)
    if row is None or row[1] != owner_id:
        raise NotFound("skill")
    return Skill(*row)


async def page(tx: Tx, owner_id: int, search: Search, name: str = "") -> list[Skill]:
    """Those of an owner that are searched for."""
    rows = await tx.all(SQL["page"], owner_id=owner_id, name=name, **search.values("created"))
    return [Skill(*row) for row in rows]


async def set(tx: Tx, it: UserSkill) -> UserSkill:
    """Somebody has a skill so far; as it is kept then."""
    values = {"skill_id": it.skill_id, "user_id": it.user_id}
    await tx.run(SQL["set"], id=it.id, **values, value=it.value, at=it.modified_at)
    kept = await of_user(tx, it.skill_id, it.user_id)
    assert kept is not None
    return kept


async def of_user(tx: Tx, skill_id: int, user_id: str) -> UserSkill | None:
    """How far somebody has a skill; None where nobody has said."""
    row = await tx.one(SQL["of_user"], skill_id=skill_id, user_id=user_id)
    return None if row is None else UserSkill(*row)


async def users(
    tx: Tx, owner_id: int, search: Search, skill_id: int = -1, user_id: str = ""
) -> list[UserSkill]:
    """How far people have the skills of an owner, as it is searched for."""
    values = search.values("created", "modified")
    rows = await tx.all(SQL["users"], owner_id=owner_id, skill_id=skill_id, user_id=user_id, **values)
    return [UserSkill(*row) for row in rows]


async def values(tx: Tx, skill_id: int) -> dict[str, float]:
    """How far everybody has a skill, 0 to 100."""
    rows = await tx.all(SQL["values"], skill_id=skill_id)
    return {str(user_id): float(value) for user_id, value in rows}


async def values_of(tx: Tx, skill_id: int, user_ids: Collection[str]) -> dict[str, float]:
    """How far some people have a skill, 0 to 100; those of whom nobody has said are not there."""
    named = msgspec.json.encode(sorted(user_ids)).decode()
    rows = await tx.all(SQL["values_of"], skill_id=skill_id, user_ids=named)
    return {str(user_id): float(value) for user_id, value in rows}
