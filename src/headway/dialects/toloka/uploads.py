"""Uploads of tasks and suites: one address for one object or many, at once or in an operation."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from headway.dialects.toloka import asked, project
from headway.dialects.toloka.asked import Wish
from headway.dialects.toloka.refuse import fields
from headway.domain.batches.create import create
from headway.domain.batches.making import Noun
from headway.domain.batches.operation import submit
from headway.model.fields import WrongFields, WrongItems
from headway.web.ask import Ask
from headway.web.body import Answer, answer


class Upload(msgspec.Struct, frozen=True):
    """Of what: the noun, the operation type, and how those that were made are shown."""

    noun: Noun
    type: Any
    shown: Callable[[list[int]], Awaitable[list[object]]]


async def upload(ask: Ask, of: Upload, wish: Wish) -> Answer:
    """The operation; or what was made, and what is wrong with the rest."""
    items, single = await asked.objects_of(ask)
    if wish.asynchronous:
        known = await submit(ask.world, of.type, items, wish.options, ask.actor, shown=wish.operation_id)
        return answer(project.operation(known), 201)
    try:
        made = await create(ask.world, of.noun, items, wish.options, ask.actor)
    except WrongItems as wrong:
        if single:
            raise WrongFields(wrong.items["0"]) from wrong
        raise
    shown = await of.shown(list(made.ids.values()))
    if single:
        return answer(shown[0], 201)
    told = dict(zip(map(str, made.ids), shown, strict=True))
    wrong = {str(n): fields(errors) for n, errors in made.errors.items()}
    return answer({"items": told, "validation_errors": wrong}, 201)
