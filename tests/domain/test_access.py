"""Permission: every command that is about an app asks for it, with the line of the table that is its own."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from headway.domain.apps.configure import configure
from headway.domain.apps.create import create
from headway.domain.apps.delete import delete
from headway.domain.apps.file import file
from headway.domain.apps.rename import rename
from headway.domain.apps.restart import restart
from headway.domain.apps.scale import scale
from headway.domain.apps.transfer import transfer
from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.collaborators.limit import limit
from headway.domain.collaborators.remove import remove
from headway.domain.containers.kill import kill
from headway.domain.deployments.delete_cache import delete_cache
from headway.domain.deployments.deploy import deploy
from headway.domain.domains.add import Wish as DomainWish
from headway.domain.domains.add import add
from headway.domain.domains.edit import Changes, edit
from headway.domain.domains.remove import remove as remove_domain
from headway.domain.one_offs.start import start
from headway.domain.one_offs.stop import stop
from headway.domain.operations.cancel import cancel
from headway.domain.variables.delete import delete_variables
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import Forbidden, NotFound, Refusal
from headway.model.access import NEEDS, Role
from headway.model.accounts import Account
from headway.model.apps import App, Change
from headway.model.one_offs import Wish
from headway.model.operations import Actor, Operation

Act = Callable[[World, App, Actor], Awaitable[Any]]


async def _cancel(world: World, app: App, by: Actor) -> Operation:
    owner = Actor(account_id=app.owner_id)
    _, operation = await scale(world, app, [Change(name="web", amount=2)], owner)
    return await cancel(world, operation.id, "", by=by)


ACTS: dict[str, Act] = {
    "app.scale": lambda world, app, by: scale(world, app, [Change(name="web", amount=2)], by),
    "app.restart": lambda world, app, by: restart(world, app, [], by),
    "app.start_one_off": lambda world, app, by: start(world, app, Wish(command="ls"), by),
    "app.stop_one_off": lambda world, app, by: stop(world, app, "one-off-1", by),
    "app.signal": lambda world, app, by: kill(world, app, "web-1", "SIGUSR1", by),
    "app.configure": lambda world, app, by: configure(world, app, {"router_logs": True}, by),
    "app.rename": lambda world, app, by: rename(world, app, "another-name", by, current=app.name),
    "app.transfer": lambda world, app, by: transfer(world, app, "nobody@example.com", by),
    "app.file": lambda world, app, by: file(world, app, app.owner_id, by),
    "app.delete": lambda world, app, by: delete(world, app, app.name, by),
    "app.create_child": lambda world, app, by: create(world, "child-app", by, parent_id=app.id),
    "collaborators.invite": lambda world, app, by: invite(world, app, "x@example.com", by, is_limited=True),
    "collaborators.limit": lambda world, app, by: limit(world, app, 1, by, is_limited=True),
    "collaborators.remove": lambda world, app, by: remove(world, app, 1, by),
    "domains.add": lambda world, app, by: add(world, app, DomainWish(name="a.example.org"), by),
    "domains.edit": lambda world, app, by: edit(world, app, 1, Changes(canonical=True), by),
    "domains.remove": lambda world, app, by: remove_domain(world, app, 1, by),
    "deployment.deploy": lambda world, app, by: deploy(world, app, "http://x.example", None, by),
    "deployment.delete_cache": delete_cache,
    "operation.cancel": _cancel,
    "variables.set": lambda world, app, by: set_variables(world, app, {"A": "b"}, by),
    "variables.delete": lambda world, app, by: delete_variables(world, app, [1], by),
}
READS = {"app.read", "collaborators.read", "domains.read", "variables.read"}


def test_what_is_asked_for_is_in_the_table() -> None:
    # That every line of it is asked for is shown over HTTP, in tests/conformance/test_roles.py.
    assert set(ACTS) | READS <= set(NEEDS)


@pytest.fixture
async def stranger(other: Account) -> Actor:
    return Actor(account_id=other.id, name=other.name, dialect="tests")


async def join(world: World, app: App, by: Actor, stranger: Actor, *, is_limited: bool) -> None:
    it = await invite(world, app, "other@example.com", by, is_limited=is_limited)
    await accept(world, app.id, it.id, stranger)


@pytest.mark.parametrize("act", ACTS)
async def test_to_a_stranger_the_app_is_not_there(world: World, app: App, stranger: Actor, act: str) -> None:
    with pytest.raises(NotFound):
        await ACTS[act](world, app, stranger)


@pytest.mark.parametrize("is_limited", [True, False])
@pytest.mark.parametrize("act", ACTS)
async def test_a_collaborator_may_do_what_its_role_allows(
    world: World, app: App, by: Actor, stranger: Actor, act: str, *, is_limited: bool
) -> None:
    await join(world, app, by, stranger, is_limited=is_limited)
    role = Role.LIMITED if is_limited else Role.COLLABORATOR
    refused: Refusal | None = None
    try:
        await ACTS[act](world, app, stranger)
    except Refusal as refusal:
        refused = refusal
    assert isinstance(refused, Forbidden) == (role < NEEDS[act]), refused
