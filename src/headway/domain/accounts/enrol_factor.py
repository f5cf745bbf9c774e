"""Begin to protect an account by a second factor. It is asked for once it has been confirmed."""

from headway.domain.world import World
from headway.errors import Conflict
from headway.model.second_factors import SecondFactor, new_secret
from headway.store import second_factors
from headway.store.database import Tx


async def enrol_factor(world: World, account_id: int) -> SecondFactor:
    """The factor with its secret, to be confirmed; Conflict where the account has a confirmed one.

    One that was begun before and not confirmed is worth nothing any more.
    """
    factor = SecondFactor(account_id, new_secret(), None, 0, ())

    async def body(tx: Tx) -> SecondFactor:
        known = await second_factors.get(tx, account_id)
        if known is not None and known.confirmed_at is not None:
            raise Conflict("the account has a second factor already")
        await second_factors.put(tx, factor)
        return factor

    return await world.database.write(body)
