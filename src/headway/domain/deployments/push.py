"""Deploy a commit that was pushed into the app's repository."""

from headway.domain.access import permitted
from headway.domain.deployments.deploy import DEPLOY, begun, planned
from headway.domain.deployments.source import Origin
from headway.domain.world import World
from headway.model.apps import App
from headway.model.deployments import Deployment
from headway.model.operations import Actor, Operation
from headway.store.database import Tx


async def push(world: World, app: App, origin: Origin, by: Actor) -> tuple[Deployment, Operation]:
    """Begin to deploy the commit of `origin`; its branch moves there once the commit serves.

    Busy while anything else changes the app.
    """

    async def body(tx: Tx) -> tuple[Deployment, Operation]:
        fresh = await permitted(tx, app.id, by, DEPLOY.name)
        params = await planned(world, tx, fresh, origin, origin.commit)
        operation = await world.desk.submit(tx, DEPLOY, params, by=by)
        return await begun(tx, params, operation, f"git:{origin.branch}", by), operation

    return await world.database.write(body)
