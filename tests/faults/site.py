"""All dialects over one world, spoken to without a network in between, and what they say when they cannot answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.types import ASGIApp

from headway.dialects.headway.dialect import headway
from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.catalog import CATALOG
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.web.status import status
from tests.ready_made import SECRET


@asynccontextmanager
async def site_of(world: World) -> AsyncIterator[ASGIApp]:
    """What the platform serves."""
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    try:
        yield mount(edge(world, feed), (SCALINGO, headway(stories)), status(world))
    finally:
        feed.close()


@asynccontextmanager
async def admin_of(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """The admin, as a client of all dialects."""
    headers = {"authorization": f"Bearer {SECRET}"}
    async with (
        site_of(world) as site,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(site), base_url="http://h", headers=headers
        ) as client,
    ):
        yield client


def says_later(answer: httpx2.Response) -> str:
    """What it says with a 503 and `Retry-After`, in its dialect's form."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    if answer.url.path.startswith("/headway/"):
        error = answer.json()["error"]
        assert error["code"] == "unavailable"
        return error["text"]
    (said,) = answer.json().values()
    return said
