"""Inviting."""

import pytest

from headway.domain.collaborators.invite import PER_APP_MAX, invite
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import collaborators


async def test_an_invitation_is_open_and_gives_no_role(
    world: World, app: App, by: Actor, other: Account
) -> None:
    it = await invite(world, app, other.email, by, is_limited=False)
    assert (it.account_id, it.is_limited) == (None, False)
    assert await world.database.read(lambda tx: collaborators.role(tx, app, other.id)) is None


@pytest.mark.parametrize("email", ["not an address", "admin@example.com"])
async def test_who_cannot_be_one_is_refused(world: World, app: App, by: Actor, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        await invite(world, app, email, by, is_limited=True)
    assert set(refused.value.fields) == {"email"}


async def test_there_is_a_limit(world: World, app: App, by: Actor) -> None:
    for n in range(PER_APP_MAX):
        await invite(world, app, f"number-{n}@example.com", by, is_limited=True)
    with pytest.raises(Invalid):
        await invite(world, app, "one-too-many@example.com", by, is_limited=True)
