"""Delete what builds of an app have kept for the next one."""

from headway.domain.world import World
from headway.errors import Busy
from headway.ids import show
from headway.model.apps import App
from headway.store import operations


async def delete_cache(world: World, app: App) -> None:
    """The next build begins with nothing kept. Busy while an operation holds the app: it may be a build."""
    target = f"app:{app.id}"
    holder = await world.database.read(lambda tx: operations.holder(tx, target))
    if holder is not None:
        raise Busy(target, holder.id, holder.type)
    await world.builder.forget_cache(show(app.id))
