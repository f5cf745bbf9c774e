"""Workiva's dialect on a real world, spoken to by a plain HTTP client; a hand moves its operations."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.clock import SystemClock
from headway.dialects.headway.dialect import headway
from headway.dialects.scalingo.dialect import SCALINGO
from headway.dialects.workiva.dialect import workiva
from headway.domain.catalog import CATALOG
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.store.sqlite import Sqlite
from headway.views.stories import Stories
from headway.web.ask import Edge, edge
from headway.web.dialect import mount
from tests import ready_made
from tests.dialects.workiva.moving import bearer
from tests.outside import Outside
from tests.ready_made import OTHER_SECRET, SECRET, world_in

ORIGIN = "http://127.0.0.1:8000"
Client = httpx2.AsyncClient
Opened = Callable[..., contextlib.AbstractAsyncContextManager[tuple[Client, World]]]


@contextlib.contextmanager
def site_of(world: World) -> Iterator[tuple[ASGIApp, Edge]]:
    """All dialects of a world."""
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    the_edge = edge(world, feed)
    yield mount(the_edge, (SCALINGO, workiva(world.config, world.clock), headway(stories))), the_edge
    feed.close()


@contextlib.asynccontextmanager
async def speaking(world: World) -> AsyncIterator[tuple[Client, Edge]]:
    """The admin, before all dialects of a world."""
    with site_of(world) as (site, the_edge):
        transport = httpx2.ASGITransport(site)
        async with Client(transport=transport, base_url=ORIGIN, headers=bearer(SECRET)) as client:
            yield client, the_edge


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A platform at which nobody works, with these settings."""

    @contextlib.asynccontextmanager
    async def open(**settings: Any) -> AsyncIterator[tuple[Client, World]]:
        async with world_in(tmp_path, **settings) as world, speaking(world) as (client, _):
            yield client, world

    return open


@pytest.fixture
async def still(opened: Opened) -> AsyncIterator[tuple[Client, World]]:
    """A platform at which nobody works, with the settings as they are."""
    async with opened() as both:
        yield both


@pytest.fixture
def client(still: tuple[Client, World]) -> Client:
    """The admin."""
    return still[0]


@pytest.fixture
def world(still: tuple[Client, World]) -> World:
    """What the client speaks to."""
    return still[1]


class Working:
    """A platform that performs what is begun."""

    def __init__(self, outside: Outside, world: World, client: Client, the_edge: Edge) -> None:
        self.outside, self.world, self.client, self.edge = outside, world, client, the_edge

    async def folder(self, *names: str) -> str:
        """A new folder with files of these names; its id."""
        made = await self.client.post("/headway/v1/folders", json={"name": "reports"})
        for name in names:
            await self.upload(name, b"a,b\n1,2\n", container=made.json()["id"])
        return made.json()["id"]

    async def upload(self, name: str, content: bytes, media: str = "text/csv", **more: str) -> str:
        """A new file; its id."""
        headers = {"content-type": media}
        params = {"name": name, **more}
        reply = await self.client.post("/headway/v1/files", params=params, content=content, headers=headers)
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    async def end_of(self, reply: httpx2.Response) -> dict[str, Any]:
        """The operation that this answer tells of, as Workiva shows it, when it has ended."""
        return (await self.last_look(reply)).json()

    async def last_look(self, reply: httpx2.Response, secret: str = SECRET) -> httpx2.Response:
        """The one look at the operation that this answer tells of, when it has ended."""
        assert reply.status_code == 202, reply.text
        id = reply.headers["location"].rpartition("/")[2]
        told = (await self.client.get(f"/headway/v1/operations/{id}")).json()
        while told["phase"] not in {"succeeded", "failed", "cancelled"}:
            followed = f"/headway/v1/operations/{id}?wait=25&after={told['seq']}"
            told = (await self.client.get(followed)).json()
        return await self.client.get(reply.headers["location"], headers=bearer(secret))


@pytest.fixture
async def working(tmp_path: Path) -> AsyncIterator[Working]:
    database = Sqlite(tmp_path / "headway.db", SystemClock())
    await database.open()
    try:
        async with Outside(tmp_path, database).open() as outside, outside.at_work() as world:
            await ready_made.add_token(world, outside.by.account_id, SECRET)
            await ready_made.add_account(world, "other", OTHER_SECRET)
            async with speaking(world) as (client, the_edge):
                yield Working(outside, world, client, the_edge)
    finally:
        await database.close()
