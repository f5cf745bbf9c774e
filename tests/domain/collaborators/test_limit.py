"""Limiting a collaborator."""

import pytest

from headway.domain.collaborators.invite import invite
from headway.domain.collaborators.limit import limit
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import collaborators


async def test_a_limit_is_set_and_lifted(world: World, app: App, by: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    for is_limited in (False, True):
        assert (await limit(world, app, it.id, by, is_limited=is_limited)).is_limited is is_limited
        kept = await world.database.read(lambda tx: collaborators.get(tx, app.id, it.id))
        assert kept.is_limited is is_limited


async def test_who_is_none_cannot_be_limited(world: World, app: App, by: Actor) -> None:
    with pytest.raises(NotFound):
        await limit(world, app, 1, by, is_limited=True)
