"""Take an app's secrets out of what its containers said, where the platform repeats it."""

from collections.abc import Callable

from headway.domain.world import World
from headway.model.variables import secrets_of, veiled
from headway.store import variables


async def veil_of(world: World, app_id: int) -> Callable[[str], str]:
    """What takes the values of the app's secrets out of a text."""
    secrets = secrets_of(await world.database.read(lambda tx: variables.of_app(tx, app_id)))
    return lambda text: veiled(text, secrets)
