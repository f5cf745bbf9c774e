"""Collaborators as they are shown."""

import pytest

from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.world import World
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.views import collaborators


@pytest.fixture
def guest(other: Account) -> Actor:
    return Actor(account_id=other.id, name=other.name, dialect="tests")


async def test_an_account_is_shown_once_it_has_accepted(
    world: World, app: App, by: Actor, guest: Actor
) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    (shown,) = await collaborators.of_app(world.database, app.id)
    assert (shown.account, shown.app.name) == (None, app.name)
    await accept(world, app.id, it.id, guest)
    shown = await collaborators.get(world.database, app.id, it.id)
    assert shown.account is not None
    assert shown.account.id == guest.account_id


async def test_those_of_all_apps_come_in_pages(world: World, app: App, by: Actor, guest: Actor) -> None:
    for n in range(3):
        await invite(world, app, f"number-{n}@example.com", by, is_limited=True)
    found, total = await collaborators.of_owner(world.database, by.account_id, 2, 2)
    assert ([it.collaborator.email for it in found], total) == (["number-2@example.com"], 3)
    assert await collaborators.of_owner(world.database, guest.account_id, 1, 2) == ([], 0)
