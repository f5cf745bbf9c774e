"""Create an app. It has no release yet, so nothing of it runs."""

import contextlib
import re

import msgspec

from headway.domain.access import permitted
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.apps import App, ContainerType, checked_name, initial_amount, initial_size
from headway.model.operations import Actor, NewEvent
from headway.model.stacks import DEFAULT_STACK, STACKS
from headway.store import apps, containers
from headway.store.database import Tx

_URL = re.compile(r"https?://[!-~]{1,2000}")


class _DryRun(Exception):
    """Everything went well, and nothing of it is to stay."""


async def create(
    world: World,
    name: str,
    by: Actor,
    *,
    git_source: str | None = None,
    stack: str | None = None,
    parent_id: int | None = None,
    dry_run: bool = False,
) -> App:
    """The new app, owned by who asks. Invalid for a name that breaks the rule or is taken; NotFound for a
    stack, or a parent that `by` may not see.

    A dry run says the same and leaves nothing.
    """
    app = msgspec.structs.replace(
        _new(world, by.account_id, checked_name(name, world.config.app_name_length_max)),
        git_source=_checked_source(git_source),
        stack=_checked_stack(stack),
        parent_id=parent_id,
    )

    async def body(tx: Tx) -> None:
        if parent_id is not None:
            await permitted(tx, parent_id, by, "app.create_child")
        await apps.insert(tx, app)
        await containers.keep_types(tx, [_web(world, app.id)])
        said = {"name": app.name, "git_source": app.git_source}
        tx.append(NewEvent(at=app.created_at, name="app.created", target=f"app:{app.id}", by=by, data=said))
        if dry_run:
            raise _DryRun

    with contextlib.suppress(_DryRun):
        await world.database.write(body)
    return app


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
