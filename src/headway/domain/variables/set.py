"""Set variables of an app, new ones and old ones alike. Running containers keep what they have."""

from collections.abc import Mapping

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.model.variables import Variable, checked
from headway.store import variables
from headway.store.database import Tx


async def set_variables(world: World, app: App, values: Mapping[str, str], by: Actor) -> list[Variable]:
    """The variables as they are now, in the order given. All are set or, where one is Invalid, none."""
    for name, value in values.items():
        checked(name, value)

    async def body(tx: Tx) -> list[Variable]:
        await permitted(tx, app.id, by, "variables.set")
        known = {it.name for it in await variables.of_app(tx, app.id)}
        kept = [
            await variables.set(tx, Variable(world.ids.next(), app.id, name, value))
            for name, value in values.items()
        ]
        at, said = world.clock.now(), {"names": list(values), "new": [it for it in values if it not in known]}
        tx.append(NewEvent(at=at, name="variables.set", target=f"app:{app.id}", by=by, data=said))
        return kept

    return await world.database.write(body)
