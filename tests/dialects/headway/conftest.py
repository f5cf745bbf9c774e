"""Our own dialect on a world that is at work, spoken to by a plain HTTP client."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.dialects.headway.dialect import headway
from headway.domain.catalog import CATALOG
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.testing import examples
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests import ready_made
from tests.outside import Outside
from tests.ready_made import OTHER_SECRET, SECRET

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
async def at_work(outside: Outside) -> AsyncIterator[World]:
    """The world of a platform that is at work, with the app `hello-world`, which serves."""
    async with outside.at_work() as world:
        await ready_made.add_token(world, outside.by.account_id, SECRET)
        await ready_made.add_account(world, "other", OTHER_SECRET)
        world.logbook.open()
        await examples.running_app(world, outside.by, "hello-world")
        yield world


@pytest.fixture
async def site(at_work: World) -> AsyncIterator[ASGIApp]:
    """What that platform answers."""
    feed = Feed(at_work.database)
    stories = Stories(at_work.database, feed, at_work.clock, CATALOG)
    yield mount(edge(at_work, feed), [headway(stories)])
    feed.close()


@pytest.fixture
async def live(site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """The admin of that platform."""
    async with speaking(site, SECRET) as client:
        yield client


@pytest.fixture
async def guest(site: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody else on that platform."""
    async with speaking(site, OTHER_SECRET) as client:
        yield client


def speaking(site: ASGIApp, secret: str) -> httpx2.AsyncClient:
    """A client below `/headway/v1`."""
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(site),
        base_url=f"{ORIGIN}/headway/v1",
        headers={"authorization": f"Bearer {secret}"},
    )
