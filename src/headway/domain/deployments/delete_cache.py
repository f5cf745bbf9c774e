"""Delete what builds of an app have kept for the next one."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.errors import Busy
from headway.ids import show
from headway.model.apps import App
from headway.model.operations import Actor, Operation
from headway.store import operations
from headway.store.database import Tx


async def delete_cache(world: World, app: App, by: Actor) -> None:
    """The next build begins with nothing kept. Busy while an operation holds the app: it may be a build."""
    target = f"app:{app.id}"

    async def body(tx: Tx) -> Operation | None:
        await permitted(tx, app.id, by, "deployment.delete_cache")
        return await operations.holder(tx, target)

    holder = await world.database.read(body)
    if holder is not None:
        raise Busy(target, holder.id, holder.type)
    await world.builder.forget_cache(show(app.id))
