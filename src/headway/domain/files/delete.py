"""Delete a file, or a folder with everything in it. The contents go when nothing has them any more."""

from headway.domain.world import World
from headway.model.operations import Actor, NewEvent
from headway.store import files
from headway.store.database import Tx


async def delete(world: World, id: int, by: Actor) -> None:
    """It is gone. NotFound; Conflict where there is too much in it to be deleted at once."""

    async def body(tx: Tx) -> None:
        tree = await files.tree(tx, by.account_id, id)
        await files.delete(tx, *(file.id for file in tree))
        said = {"name": tree[0].name, "files": len(tree)}
        at = world.clock.now()
        tx.append(NewEvent(at=at, name="file.deleted", target=f"file:{id}", by=by, data=said))

    await world.database.write(body)
