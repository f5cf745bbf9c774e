"""Clone a pool: a new one under the same terms, closed, without tasks."""

import msgspec

from headway.domain.pools.begin import begin
from headway.domain.pools.create import keep, new_pool
from headway.domain.world import World
from headway.engine.declare import OperationType, Run, Step
from headway.errors import Failure
from headway.model.fields import Unfit
from headway.model.labelling_projects import ProjectStatus
from headway.model.operations import Actor
from headway.model.pool_operations import PoolOperation
from headway.model.pools import CheckedPool, PoolKind
from headway.store import labelling_projects, pools
from headway.store.database import Tx

ARCHIVED = ("project-inappropriate-status", "the project is archived")


class Clone(msgspec.Struct, frozen=True, kw_only=True):
    """Which pool, of whom, and which id the new one has: so there will be one, however often this is begun."""

    pool_id: int
    owner_id: int
    clone_id: int


async def clone(world: World, pool_id: int, by: Actor, kind: PoolKind = PoolKind.REGULAR) -> PoolOperation:
    """Begin to clone it. NotFound; Unfit where its project is archived."""
    params = Clone(pool_id=pool_id, owner_id=by.account_id, clone_id=world.ids.next())

    async def body(tx: Tx) -> PoolOperation:
        pool = await pools.get(tx, by.account_id, pool_id, kind)
        project = await labelling_projects.get(tx, by.account_id, pool.project_id)
        if project.status is ProjectStatus.ARCHIVED:
            raise Unfit(*ARCHIVED)
        return await begin(world, tx, CLONES[kind], params, by=by)

    return await world.database.write(body)


async def see(run: Run[Clone, World]) -> None:
    """Pools can be made in its project."""
    params = run.params

    async def body(tx: Tx) -> None:
        pool = await pools.get(tx, params.owner_id, params.pool_id)
        project = await labelling_projects.get(tx, params.owner_id, pool.project_id)
        if project.status is ProjectStatus.ARCHIVED:
            raise Failure(*ARCHIVED)

    await run.world.database.read(body)


async def record(run: Run[Clone, World], tx: Tx) -> None:
    """The new pool is there. Unfit where its project was archived meanwhile."""
    params, it = run.params, run.operation
    source = await pools.get(tx, params.owner_id, params.pool_id)
    project = await labelling_projects.get(tx, params.owner_id, source.project_id)
    said = CheckedPool(source.body, source.expires_at)
    made = new_pool(run.world, params.clone_id, project, said, source.spec, kind=source.kind)
    await keep(tx, made, Actor(account_id=it.account_id), it.id)


def type_of(kind: PoolKind) -> OperationType[Clone, World]:
    """The operation type for that kind."""
    return OperationType(
        name=f"{kind.noun}.clone",
        params=Clone,
        target=lambda params: f"pool:{params.pool_id}",
        exclusive=False,
        steps=(Step(title="see that its project takes pools", do=see),),
        record=record,
        summary=lambda _: f"clone a {kind.noun}",
    )


CLONES = {kind: type_of(kind) for kind in PoolKind}
CLONE, CLONE_TRAINING = CLONES[PoolKind.REGULAR], CLONES[PoolKind.TRAINING]
