"""Make tasks or suites at once: all in one transaction, and who asks waits for it."""

from collections import Counter
from typing import Any

import msgspec

from headway.domain.batches import making
from headway.domain.batches.making import Noun
from headway.domain.world import World
from headway.errors import TooLarge
from headway.model.batches import Options
from headway.model.fields import Errors, WrongItems
from headway.model.operations import Actor
from headway.store.database import Tx

AT_ONCE_MAX = 5000


class Made(msgspec.Struct, frozen=True):
    """What came of each object, by its index: the id that it became, or what is wrong with it."""

    ids: dict[int, int]
    errors: dict[int, Errors]


async def create(world: World, noun: Noun, items: list[Any], options: Options, by: Actor) -> Made:
    """Make them. WrongItems where any is wrong (or, if wrong ones may be left out, all are); then nothing is made."""
    if len(items) > AT_ONCE_MAX:
        raise TooLarge(f"at most {AT_ONCE_MAX} objects can be made at once; more in an operation")

    async def body(tx: Tx) -> Made:
        rules = await making.rules_for(tx, by.account_id, items, allow_defaults=options.allow_defaults)
        found = making.checked(noun, items, rules)
        errors = {n: it for n, it in enumerate(found) if isinstance(it, dict)}
        if errors and (len(errors) == len(items) or not options.skip_invalid_items):
            raise WrongItems({str(n): it for n, it in errors.items()})
        new = {n: it for n, it in enumerate(found) if not isinstance(it, dict)}
        ids = await making.make(world, tx, list(new.values()), batch=0, live=True)
        counts = Counter(it.pool_id for it in new.values())
        await making.uploaded(world, tx, noun, counts, by=by)
        if options.open_pool:
            await making.open_all(world, tx, counts, by)
        return Made(dict(zip(new, ids, strict=True)), errors)

    return await world.database.write(body)
