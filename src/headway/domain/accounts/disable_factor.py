"""Let an account do without its second factor."""

from headway.domain.accounts.log_in import use_code
from headway.domain.world import World
from headway.errors import Conflict, Invalid, Unauthenticated
from headway.model.operations import Actor, NewEvent
from headway.store import second_factors
from headway.store.database import Tx


async def disable_factor(world: World, account_id: int, code: str | None, by: Actor) -> None:
    """It is not asked for any more. Conflict where there is none, Invalid where the code is wrong.

    Without a code, for a device that is lost: whoever runs the platform may.
    """

    async def body(tx: Tx) -> None:
        factor, now = await second_factors.get(tx, account_id), world.clock.now()
        if factor is None or factor.confirmed_at is None:
            raise Conflict("the account has no second factor")
        if code is not None:
            await _check(tx, account_id, code, now)
        await second_factors.delete(tx, account_id)
        target = f"account:{account_id}"
        tx.append(NewEvent(at=now, name="account.factor_disabled", target=target, by=by))

    await world.database.write(body)


async def _check(tx: Tx, account_id: int, code: str, now: int) -> None:
    try:
        await use_code(tx, account_id, code, now)
    except Unauthenticated as error:
        raise Invalid(attempt="is not what the device shows now") from error
