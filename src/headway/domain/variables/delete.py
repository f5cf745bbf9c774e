"""Delete variables of an app. Running containers keep what they have."""

from collections.abc import Sequence

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.store import variables
from headway.store.database import Tx


async def delete_variables(world: World, app: App, variable_ids: Sequence[int], by: Actor) -> None:
    """All of them go or, where one is NotFound, none."""

    async def body(tx: Tx) -> None:
        await permitted(tx, app.id, by, "variables.delete")
        names = [await variables.delete(tx, app.id, id) for id in dict.fromkeys(variable_ids)]
        at, said = world.clock.now(), {"names": names}
        tx.append(NewEvent(at=at, name="variables.deleted", target=f"app:{app.id}", by=by, data=said))

    await world.database.write(body)
