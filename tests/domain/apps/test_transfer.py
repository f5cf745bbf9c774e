"""Giving an app away."""

import pytest

from headway.domain.apps.transfer import transfer
from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.access import Role
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import collaborators


@pytest.fixture
def guest(other: Account) -> Actor:
    return Actor(account_id=other.id, name=other.name, dialect="tests")


async def test_the_collaborator_owns_it_and_the_owner_works_on_it(
    world: World, app: App, by: Actor, guest: Actor
) -> None:
    it = await invite(world, app, "other@example.com", by, is_limited=True)
    await accept(world, app.id, it.id, guest)
    after = await transfer(world, app, "Other@Example.com", by, current=app.name)
    assert after.owner_id == guest.account_id
    roles = [
        await world.database.read(lambda tx, who=id: collaborators.role(tx, after, who))
        for id in (guest.account_id, by.account_id)
    ]
    assert roles == [Role.OWNER, Role.COLLABORATOR]


async def test_who_has_not_accepted_gets_nothing(world: World, app: App, by: Actor) -> None:
    await invite(world, app, "other@example.com", by, is_limited=True)
    for email in ("other@example.com", "nobody@example.com"):
        with pytest.raises(Invalid) as refused:
            await transfer(world, app, email, by)
        assert set(refused.value.fields) == {"owner"}


async def test_the_name_must_be_the_apps(world: World, app: App, by: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        await transfer(world, app, "other@example.com", by, current="another-app")
    assert set(refused.value.fields) == {"current_name"}
