"""Give one variable of an app another value. Running containers keep what they have."""

from headway.domain.access import permitted
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor, NewEvent
from headway.model.variables import Variable, checked
from headway.store import variables
from headway.store.database import Tx


async def update_variable(world: World, app: App, variable_id: int, value: str, by: Actor) -> Variable:
    """The variable as it is now. NotFound, or Invalid."""

    async def body(tx: Tx) -> Variable:
        await permitted(tx, app.id, by, "variables.set")
        variable = await variables.update(tx, app.id, variable_id, value)
        checked(variable.name, value)
        at, said = world.clock.now(), {"names": [variable.name], "new": []}
        tx.append(NewEvent(at=at, name="variables.set", target=f"app:{app.id}", by=by, data=said))
        return variable

    return await world.database.write(body)
