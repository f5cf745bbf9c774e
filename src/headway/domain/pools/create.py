"""Make a pool, or a training, which is a pool of training tasks."""

from typing import Any

from headway.domain.world import World
from headway.errors import NotFound
from headway.ids import parse
from headway.model.fields import Errors, FieldError, Reader, Unfit, WrongFields, refuse_any
from headway.model.labelling_projects import Project, ProjectStatus, spec_text
from headway.model.operations import Actor, NewEvent
from headway.model.pools import CHECKED, CheckedPool, Pool, PoolKind, PoolStatus
from headway.store import labelling_projects, pools
from headway.store.database import Tx

NO_PROJECT = FieldError("entity-does-not-exist", "There is no such project")


async def create(world: World, given: dict[str, Any], by: Actor, kind: PoolKind = PoolKind.REGULAR) -> Pool:
    """The new pool, closed. WrongFields with every error; Unfit where its project is archived."""
    project_id = parse(_project(given, kind) or "") or 0
    said = CHECKED[kind](given)

    async def body(tx: Tx) -> Pool:
        try:
            project = await labelling_projects.get(tx, by.account_id, project_id)
        except NotFound:
            raise WrongFields({"project_id": NO_PROJECT}) from None
        it = new_pool(world, world.ids.next(), project, said, spec_text(project), kind=kind)
        await keep(tx, it, by)
        return it

    return await world.database.write(body)


def _project(given: dict[str, Any], kind: PoolKind) -> str | None:
    """The project's id, as it was sent; WrongFields, with all that is wrong beside it, where none was."""
    errors: Errors = {}
    shown = Reader(given, errors).text("project_id", required=True)
    if errors:
        try:
            CHECKED[kind](given)
        except WrongFields as wrong:
            errors |= wrong.errors
    refuse_any(errors)
    return shown


def new_pool(
    world: World, id: int, project: Project, said: CheckedPool, spec: str, *, kind: PoolKind
) -> Pool:
    """A pool that is not kept yet. Unfit where its project is archived."""
    if project.status is ProjectStatus.ARCHIVED:
        raise Unfit("project-inappropriate-status", "the project is archived")
    now = world.clock.now()
    return Pool(
        id=id,
        owner_id=project.owner_id,
        project_id=project.id,
        status=PoolStatus.CLOSED,
        body=said.body,
        spec=spec,
        expires_at=said.expires_at,
        created_at=now,
        last_started_at=None,
        last_stopped_at=None,
        close_reason="",
        reopen_at=None,
        complete_since=None,
        changed_at=now,
        kind=kind,
    )


async def keep(tx: Tx, it: Pool, by: Actor, operation: int | None = None) -> None:
    """From now on it is there."""
    await pools.insert(tx, it)
    data = {"project": it.project_id, "name": it.terms.private_name}
    target = f"pool:{it.id}"
    tx.append(
        NewEvent(at=it.created_at, name="pool.created", operation=operation, target=target, by=by, data=data)
    )
