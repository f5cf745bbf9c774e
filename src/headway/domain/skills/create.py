"""Make a skill, and say how far somebody has it."""

from typing import Any

import msgspec

from headway.domain.world import World
from headway.errors import NotFound
from headway.ids import parse
from headway.model.fields import Errors, FieldError, Reader, WrongFields, refuse_any
from headway.model.operations import Actor, NewEvent
from headway.model.skills import VALUE_MAX, Skill, UserSkill, checked_skill
from headway.store import skills
from headway.store.database import Tx

SERVER_SET = frozenset({"id", "created"})


async def create(world: World, given: dict[str, Any], by: Actor) -> Skill:
    """The new skill; WrongFields."""
    name, now = checked_skill(given), world.clock.now()
    kept = {key: value for key, value in given.items() if key not in SERVER_SET}
    it = Skill(world.ids.next(), by.account_id, name, msgspec.json.encode(kept).decode(), now)

    async def body(tx: Tx) -> Skill:
        await skills.insert(tx, it)
        data = {"name": name}
        tx.append(NewEvent(at=now, name="skill.created", target=f"skill:{it.id}", by=by, data=data))
        return it

    return await world.database.write(body)


async def set_of_user(world: World, given: dict[str, Any], by: Actor) -> UserSkill:
    """How far somebody has a skill from now on; WrongFields."""
    errors: Errors = {}
    reader = Reader(given, errors)
    shown = reader.text("skill_id", required=True)
    user_id = reader.text("user_id", required=True, longest=100)
    value = reader.number("value", 0, VALUE_MAX, required=True)
    refuse_any(errors)

    async def body(tx: Tx) -> UserSkill:
        try:
            skill = await skills.get(tx, by.account_id, parse(shown or "") or 0)
        except NotFound:
            raise WrongFields({
                "skill_id": FieldError("entity-does-not-exist", "There is no such skill")
            }) from None
        return await give(world, tx, skill, user_id or "", float(value or 0), by=by)

    return await world.database.write(body)


async def give(world: World, tx: Tx, skill: Skill, user_id: str, value: float, *, by: Actor) -> UserSkill:
    """Somebody has the skill so far."""
    now = world.clock.now()
    it = UserSkill(world.ids.next(), skill.id, user_id, value, now, now)
    data = {"user": user_id, "value": value}
    tx.append(NewEvent(at=now, name="skill.set", target=f"skill:{skill.id}", by=by, data=data))
    return await skills.set(tx, it)
