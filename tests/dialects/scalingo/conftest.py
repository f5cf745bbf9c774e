"""Scalingo's dialect on a real world, spoken to by a plain HTTP client."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.model.apps import App
from headway.store import apps, containers, releases
from headway.store.database import Tx
from headway.testing import examples
from headway.web.ask import Edge, edge
from headway.web.dialect import mount
from tests import ready_made
from tests.outside import Outside
from tests.ready_made import OTHER_SECRET, SECRET
from tests.records import a_container, a_release, a_type

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
async def the_edge(world: World) -> AsyncIterator[Edge]:
    world.logbook.open()
    feed = Feed(world.database)
    yield edge(world, feed)
    feed.close()


@pytest.fixture
def site(the_edge: Edge) -> ASGIApp:
    return mount(the_edge, [SCALINGO])


@pytest.fixture
async def client(site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """The admin."""
    async with speaking(site, SECRET) as client:
        yield client


@pytest.fixture
async def stranger(site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody else."""
    async with speaking(site, OTHER_SECRET) as client:
        yield client


@pytest.fixture
async def live_site(outside: Outside) -> AsyncIterator[ASGIApp]:
    """A platform that is at work, with the app `hello-world`, which serves."""
    async with outside.at_work() as world:
        await ready_made.add_token(world, outside.by.account_id, SECRET)
        await ready_made.add_account(world, "other", OTHER_SECRET)
        world.logbook.open()
        await examples.running_app(world, outside.by, "hello-world")
        feed = Feed(world.database)
        yield mount(edge(world, feed), [SCALINGO])
        feed.close()


@pytest.fixture
async def live(live_site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """The admin of that platform."""
    async with speaking(live_site, SECRET) as client:
        yield client


@pytest.fixture
async def guest(live_site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody else on that platform."""
    async with speaking(live_site, OTHER_SECRET) as client:
        yield client


def speaking(site: ASGIApp, secret: str) -> httpx2.AsyncClient:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url=ORIGIN, headers=headers)


@pytest.fixture
async def running_app(world: World, app: App) -> App:
    """An app with a release, one web container and no worker."""

    async def body(tx: Tx) -> None:
        await releases.keep(tx, a_release(app_id=app.id))
        await apps.released(tx, app.id, a_release().id, world.clock.now())
        await containers.keep_types(
            tx, [a_type(app_id=app.id), a_type(id=world.ids.next(), app_id=app.id, name="worker", amount=0)]
        )
        await containers.replace(tx, app.id, [a_container(app_id=app.id)])

    await world.database.write(body)
    return await world.database.read(lambda tx: apps.get(tx, app.id))
