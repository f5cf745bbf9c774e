"""Say whether an account has a payment method; where it has none, it is held to the limits of free use."""

import msgspec

from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.operations import Actor, NewEvent
from headway.store import accounts
from headway.store.database import Tx


async def define_payment(world: World, account_id: int, by: Actor, *, defined: bool) -> Account:
    """The account as it is now; NotFound. What runs of it runs on, whatever the limits are."""

    async def body(tx: Tx) -> Account:
        account = msgspec.structs.replace(await accounts.get(tx, account_id), payment_defined=defined)
        await accounts.update(tx, account)
        at, said, target = world.clock.now(), {"defined": defined}, f"account:{account_id}"
        tx.append(NewEvent(at=at, name="account.payment_defined", target=target, by=by, data=said))
        return account

    return await world.database.write(body)
