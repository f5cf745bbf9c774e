"""Make a project."""

from headway.domain.world import World
from headway.errors import Invalid
from headway.model.operations import Actor, NewEvent
from headway.model.projects import Project, checked_name
from headway.store import projects
from headway.store.database import Tx

PER_ACCOUNT_MAX = 1000


async def create(world: World, name: str, by: Actor, *, default: bool = False) -> Project:
    """The new project of who asks; with `default` it is where new apps are filed. Invalid where the name is taken."""
    now = world.clock.now()
    it = Project(world.ids.next(), by.account_id, checked_name(name), False, now, now)

    async def body(tx: Tx) -> Project:
        if len(await projects.of_owner(tx, by.account_id)) >= PER_ACCOUNT_MAX:
            raise Invalid(project=f"is one too many: an account has at most {PER_ACCOUNT_MAX}")
        await projects.insert(tx, it)
        if default:
            await projects.make_default(tx, it.owner_id, it.id, now)
        said, target = {"project": it.id, "name": it.name}, f"account:{it.owner_id}"
        tx.append(NewEvent(at=now, name="project.created", target=target, by=by, data=said))
        return await projects.get(tx, it.owner_id, it.id)

    return await world.database.write(body)
