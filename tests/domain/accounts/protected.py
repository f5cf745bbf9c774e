"""An account with a password and a second factor."""

from headway.domain.accounts.confirm_factor import confirm_factor
from headway.domain.accounts.enrol_factor import enrol_factor
from headway.domain.accounts.set_password import set_password
from headway.domain.world import World
from headway.model.operations import Actor
from headway.model.second_factors import code_at, step_of

PASSWORD = "correct horse battery"


def shows(world: World, secret: str, ahead: int = 0) -> str:
    """What the device shows now, or some steps ahead."""
    return code_at(secret, step_of(world.clock.now()) + ahead)


async def protect(world: World, by: Actor) -> tuple[str, list[str]]:
    """The secret that the device knows, and the recovery codes. The code of this step is used up."""
    await set_password(world, by.account_id, PASSWORD, by)
    secret = (await enrol_factor(world, by.account_id)).secret
    return secret, await confirm_factor(world, by.account_id, shows(world, secret), by)
