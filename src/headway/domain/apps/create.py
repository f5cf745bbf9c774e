"""Create an app. It has no release yet, so nothing of it runs."""

import re

import msgspec

from headway.domain.access import permitted
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.apps import App, ContainerType, checked_name, initial_amount, initial_size
from headway.model.free_use import check_one_more_app
from headway.model.operations import Actor, NewEvent
from headway.model.stacks import DEFAULT_STACK, STACKS
from headway.store import accounts, apps, containers, projects
from headway.store.database import Tx

_URL = re.compile(r"https?://[!-~]{1,2000}")


class _DryRun(Exception):
    """Everything went well, and nothing of it is to stay."""

    def __init__(self, made: App) -> None:
        self.made = made
        super().__init__()


async def create(  # noqa: PLR0913 - what an app is made of, each by its name
    world: World,
    name: str,
    by: Actor,
    *,
    git_source: str | None = None,
    stack: str | None = None,
    parent_id: int | None = None,
    project_id: int | None = None,
    dry_run: bool = False,
) -> App:
    """The new app, owned by who asks. Invalid for a name that breaks the rule or is taken; NotFound for a
    stack, a parent that `by` may not see, or a project that is not theirs; PaymentRequired.

    A dry run says the same and leaves nothing.
    """
    app = msgspec.structs.replace(
        _new(world, by.account_id, checked_name(name, world.config.app_name_length_max)),
        git_source=_checked_source(git_source),
        stack=_checked_stack(stack),
        parent_id=parent_id,
    )

    async def body(tx: Tx) -> App:
        if parent_id is not None:
            await permitted(tx, parent_id, by, "app.create_child")
        await _check_free_use(world, tx, by)
        await apps.insert(tx, msgspec.structs.replace(app, project_id=await _project(tx, by, project_id)))
        await containers.keep_types(tx, [_web(world, app.id)])
        said = {"name": app.name, "git_source": app.git_source}
        tx.append(NewEvent(at=app.created_at, name="app.created", target=f"app:{app.id}", by=by, data=said))
        made = await apps.get(tx, app.id)
        if dry_run:
            raise _DryRun(made)
        return made

    try:
        return await world.database.write(body)
    except _DryRun as dry:
        return dry.made


async def _check_free_use(world: World, tx: Tx, by: Actor) -> None:
    account, owned = await accounts.get(tx, by.account_id), await apps.count_owned(tx, by.account_id)
    check_one_more_app(account, owned, world.config.payment_url)


async def _project(tx: Tx, by: Actor, id: int | None) -> int:
    project = projects.default_of(tx, by.account_id) if id is None else projects.get(tx, by.account_id, id)
    return (await project).id


def _web(world: World, app_id: int) -> ContainerType:
    """The type that every app is expected to have; it can be scaled before there is anything to run."""
    return ContainerType(world.ids.next(), app_id, "web", initial_amount("web"), initial_size(), "")


def _new(world: World, owner_id: int, name: str) -> App:
    now = world.clock.now()
    return App(
        id=world.ids.next(),
        name=name,
        owner_id=owner_id,
        parent_id=None,
        git_source=None,
        stack=DEFAULT_STACK,
        force_https=False,
        sticky_session=False,
        router_logs=False,
        release_id=None,
        last_deployed_at=None,
        last_deployed_by=None,
        last_deployment_id=None,
        created_at=now,
        updated_at=now,
    )


def _checked_source(url: str | None) -> str | None:
    if url and not _URL.fullmatch(url):
        raise Invalid(git_source="should be an http or https URL")
    return url or None


def _checked_stack(name: str | None) -> str:
    if name and name not in STACKS:
        raise NotFound("stack", name)
    return name or DEFAULT_STACK
