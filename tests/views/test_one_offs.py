"""One-offs as they are read."""

import asyncio

import pytest

from headway.domain.apps.create import create
from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import Forbidden, NotFound
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import accounts, one_offs
from headway.views.one_offs import ended, find
from tests.records import AT, a_one_off


@pytest.fixture
async def app(world: World) -> App:
    admin = await world.database.read(lambda tx: accounts.by_name(tx, "admin"))
    app = await create(world, "hello-world", Actor(account_id=admin.id))
    await world.database.write(lambda tx: one_offs.insert(tx, a_one_off(app_id=app.id)))
    return app


async def test_it_is_found_with_its_app_by_who_may_see_that(
    world: World, app: App, admin: Account, other: Account
) -> None:
    found, it = await find(world.database, admin.id, 21)
    assert (found.id, it.label) == (app.id, "one-off-1")
    for account, id in ((other, 21), (admin, 22)):
        with pytest.raises(NotFound) as refused:
            await find(world.database, account.id, id)
        assert refused.value.noun == "container"


async def test_a_limited_collaborator_learns_nothing_by_a_terminal(
    world: World, app: App, admin: Account, other: Account
) -> None:
    by = Actor(account_id=admin.id)
    invitation = await invite(world, app, "other@example.com", by, is_limited=True)
    await accept(world, app.id, invitation.id, Actor(account_id=other.id))
    with pytest.raises(Forbidden):
        await find(world.database, other.id, 21)


async def test_its_end_is_waited_for(world: World, app: App) -> None:
    feed = Feed(world.database)
    async with asyncio.timeout(30):
        waiting = asyncio.create_task(ended(world.database, feed, 21))
        await asyncio.sleep(0)
        await world.database.write(lambda tx: one_offs.finish(tx, 21, 5, AT))
        assert (await waiting).exit_code == 5
        assert (await ended(world.database, feed, 21)).exit_code == 5
    feed.close()
