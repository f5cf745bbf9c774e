"""A dialect as small as can be, mounted on a real world."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import Refusal
from headway.web import body
from headway.web.ask import Ask, Edge, edge
from headway.web.body import Answer
from headway.web.dialect import Dialect, mount
from headway.web.identity import bearer
from headway.web.routes import Route


@pytest.fixture
async def the_edge(world: World) -> Edge:
    return edge(world, Feed(world.database))


def refuse(refusal: Refusal) -> Answer:
    """Its kind and its words."""
    return body.answer({"kind": type(refusal).__name__, "error": str(refusal)}, 400)


async def me(ask: Ask) -> Answer:
    return body.answer({"name": ask.account.name, "params": ask.params, "actor": ask.actor})


async def sum_up(ask: Ask) -> Answer:
    return body.answer(sum((await ask.body(dict[str, int])).values()))


async def fail(ask: Ask) -> Answer:
    raise ZeroDivisionError("the secret reason")


ROUTES = (
    Route("GET", "/small/me", me),
    Route("GET", "/small/things/{id}", me),
    Route("POST", "/small/sum", sum_up),
    Route("GET", "/small/fail", fail),
    Route("GET", "/small/open", fail, open=True),
)

Client = httpx2.AsyncClient
MakeApp = Callable[..., ASGIApp]


@pytest.fixture
def make_app(the_edge: Edge) -> MakeApp:
    def make(*routes: Route, elsewhere: ASGIApp | None = None, use: Edge = the_edge) -> ASGIApp:
        small = Dialect(
            name="small",
            prefixes=("/small",),
            routes=routes or ROUTES,
            secret=lambda headers: bearer(headers.get("authorization")),
            refuse=refuse,
        )
        return mount(use, [small], elsewhere)

    return make


@asynccontextmanager
async def speaking_to(app: ASGIApp, secret: str = "tk-us-a-secret", **more: Any) -> AsyncIterator[Client]:
    """A client with that secret."""
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    transport = httpx2.ASGITransport(app, **more)
    async with httpx2.AsyncClient(transport=transport, base_url="http://h", headers=headers) as client:
        yield client


@pytest.fixture
async def client(make_app: MakeApp) -> AsyncIterator[Client]:
    async with speaking_to(make_app()) as client:
        yield client
