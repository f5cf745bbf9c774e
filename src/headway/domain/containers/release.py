"""Which release new containers run: the one that serves, with the variables of now."""

import msgspec

from headway.domain.world import World
from headway.model.apps import App
from headway.model.deployments import Release
from headway.store import apps, releases, variables
from headway.store.database import Tx


async def current(world: World, tx: Tx, app: App) -> Release | None:
    """The release that serves, or a new one of the same slug where variables have changed since; None without any."""
    if app.release_id is None:
        return None
    release = await releases.get(tx, app.release_id)
    now = {it.name: it.value for it in await variables.of_app(tx, app.id)}
    if now == release.variables:
        return release
    renewed = msgspec.structs.replace(
        release, id=world.ids.next(), variables=now, created_at=world.clock.now()
    )
    await releases.keep(tx, renewed)
    return renewed


async def forget_unused(tx: Tx, app_id: int, release_id: int | None) -> None:
    """Forget a release that was made for new containers and never served; one that serves stays."""
    if release_id is not None and release_id != (await apps.get(tx, app_id)).release_id:
        await releases.delete(tx, release_id)
