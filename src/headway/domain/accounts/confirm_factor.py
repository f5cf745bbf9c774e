"""Confirm a second factor, by a code that it shows. From then on nobody logs in by password without one."""

import msgspec

from headway.domain.world import World
from headway.errors import Conflict, Invalid
from headway.model.operations import Actor, NewEvent
from headway.model.second_factors import hash_of, new_recovery_codes, step_shown
from headway.store import second_factors
from headway.store.database import Tx


async def confirm_factor(world: World, account_id: int, code: str, by: Actor) -> list[str]:
    """The recovery codes, which are shown this once. Invalid where the code is wrong, Conflict where none is begun."""
    codes = new_recovery_codes()

    async def body(tx: Tx) -> None:
        factor, now = await second_factors.get(tx, account_id), world.clock.now()
        if factor is None or factor.confirmed_at is not None:
            raise Conflict("there is no second factor to be confirmed")
        step = step_shown(factor, code, now)
        if step is None:
            raise Invalid(attempt="is not what the device shows now")
        hashes = tuple(hash_of(it) for it in codes)
        await second_factors.put(
            tx, msgspec.structs.replace(factor, confirmed_at=now, last_step=step, recovery=hashes)
        )
        target = f"account:{account_id}"
        tx.append(NewEvent(at=now, name="account.factor_enabled", target=target, by=by))

    await world.database.write(body)
    return codes
