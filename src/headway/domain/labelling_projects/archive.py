"""Archive a labelling project whose pools are all archived: nothing is made in it any more."""

import msgspec

from headway.domain.pools.begin import begin, same_in_flight
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Failure
from headway.model.fields import Unfit
from headway.model.operations import Actor, NewEvent
from headway.model.pool_operations import PoolOperation
from headway.store import labelling_projects, pools
from headway.store.database import Tx

ALIVE = ("unarchived-pools-conflict", "not all pools of the project are archived")


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """Which project, of whom."""

    project_id: int
    owner_id: int


async def archive(world: World, project_id: int, by: Actor) -> PoolOperation:
    """Begin to archive it; one that is archived is so again. NotFound; Unfit where a pool is not archived."""
    params = Archive(project_id=project_id, owner_id=by.account_id)

    async def body(tx: Tx) -> PoolOperation:
        await labelling_projects.get(tx, by.account_id, project_id)
        if (same := await same_in_flight(tx, ARCHIVE, params)) is not None:
            return same
        if await pools.has_living(tx, project_id):
            raise Unfit(*ALIVE)
        return await begin(world, tx, ARCHIVE, params, by=by)

    return await world.database.write(body)


async def see(run: Run[Archive, World]) -> None:
    """Nothing in it lives."""
    if await run.world.database.read(lambda tx: pools.has_living(tx, run.params.project_id)):
        raise Failure(*ALIVE)


async def record(run: Run[Archive, World], tx: Tx) -> None:
    """It is archived. Unfit where a pool was made meanwhile."""
    params, it, now = run.params, run.operation, run.world.clock.now()
    if await pools.has_living(tx, params.project_id):
        raise Unfit(*ALIVE)
    await labelling_projects.archive(tx, params.project_id)
    by = Actor(account_id=it.account_id)
    tx.append(NewEvent(at=now, name="labelling_project.archived", operation=it.id, target=it.target, by=by))


ARCHIVE: OperationType[Archive, World] = OperationType(
    name="project.archive",
    params=Archive,
    target=lambda params: f"labelling_project:{params.project_id}",
    steps=(Step(title="see that all its pools are archived", do=see),),
    record=record,
    summary=lambda _: "archive a labelling project",
)
