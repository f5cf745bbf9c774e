"""What every dialect promises, whatever is thrown at it: an answer in its own form, as JSON, and no traceback."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.headway.dialect import headway
from headway.dialects.scalingo.dialect import SCALINGO
from headway.dialects.toloka.dialect import TOLOKA
from headway.dialects.workiva.dialect import workiva
from headway.domain.catalog import CATALOG
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import Refusal
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import Dialect, mount
from headway.web.refusals import Broken
from headway.web.routes import WEBSOCKET, Route
from tests.ready_made import SECRET


def dialects(stories: Stories) -> tuple[Dialect, ...]:
    """All of them."""
    return SCALINGO, TOLOKA, workiva(Config(), SystemClock()), headway(stories)


# To name their routes, nothing has to be read.
DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in dialects(cast(Stories, None))}
ERROR: dict[str, Callable[[Any], bool]] = {
    "headway": lambda said: isinstance(said["error"]["text"], str),
    "scalingo": lambda said: isinstance(said["error"], str),
    "toloka": lambda said: isinstance(said["code"], str),
    "workiva": lambda said: isinstance(said["code"] if "code" in said else said["error"], str),
}
"""Whether a body is an error in a dialect's form."""
EVERY_ROUTE = [
    pytest.param(dialect, route, id=f"{dialect.name} {route.method} {route.path}")
    for dialect in DIALECTS.values()
    for route in dialect.routes
    if route.method != WEBSOCKET
]
"""WebSockets are in each dialect's own tests."""
CLOSED = [one for one in EVERY_ROUTE if not one.values[1].open]  # type: ignore[union-attr]
WRITING = [one for one in EVERY_ROUTE if one.values[1].method in {"POST", "PUT", "PATCH"}]  # type: ignore[union-attr]

Client = httpx2.AsyncClient


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    site = mount(edge(world, feed), dialects(stories))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(site), base_url="http://127.0.0.1"
    ) as client:
        yield client
    feed.close()


def path_of(route: Route) -> str:
    """A path of the route, about things that are not there."""
    return "/".join("nothing" if part.startswith("{") else part for part in route.path.split("/"))


def is_error(dialect: Dialect, reply: httpx2.Response) -> bool:
    assert reply.headers["content-type"].startswith("application/json"), reply.text
    assert "Traceback" not in reply.text
    return reply.status_code >= 400 and ERROR[dialect.name](reply.json())


BEARER = {"authorization": f"Bearer {SECRET}"}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
async def test_a_path_that_is_not_there(client: Client, dialect: Dialect) -> None:
    for headers in ({}, BEARER):
        reply = await client.get(f"{dialect.prefixes[0]}/no/such/path", headers=headers)
        assert is_error(dialect, reply)
        assert reply.status_code == 404


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
async def test_a_method_that_is_not_there(client: Client, dialect: Dialect) -> None:
    for route in dialect.routes:
        reply = await client.request("PURGE", path_of(route), headers=BEARER)
        assert is_error(dialect, reply)
        assert reply.status_code == 405, route


@pytest.mark.parametrize(("dialect", "route"), CLOSED)
async def test_nobody_comes_in_without_proof(client: Client, dialect: Dialect, route: Route) -> None:
    for header in ("", "Bearer wrong", "Bearer a.b.c", "Basic ???", "Bearer", "\x7f"):
        headers = {"authorization": header} if header else {}
        reply = await client.request(route.method, path_of(route), headers=headers)
        assert is_error(dialect, reply)
        assert reply.status_code == 401, header


@pytest.mark.parametrize(("dialect", "route"), WRITING)
async def test_a_body_that_is_no_json(client: Client, dialect: Dialect, route: Route) -> None:
    for content in (b"{", b"\xff\xfe", b'{"a":1}x', b"[" * 100_000, b"<html>", b"'"):
        reply = await client.request(route.method, path_of(route), headers=BEARER, content=content)
        # Some routes take no body, and do not look at one.
        assert reply.status_code < 300 or is_error(dialect, reply), content
        assert reply.status_code < 500, content


@pytest.mark.parametrize(("dialect", "route"), WRITING)
async def test_a_body_that_is_too_large(client: Client, dialect: Dialect, route: Route) -> None:
    content = b'{"x":"' + b"x" * (1 << 20) + b'"}'
    reply = await client.request(route.method, path_of(route), headers=BEARER, content=content)
    assert reply.status_code < 300 or is_error(dialect, reply)
    assert reply.status_code < 500


NAMES = st.sampled_from([
    "app",
    "name",
    "containers",
    "scope",
    "amount",
    "size",
    "variable",
    "variables",
]) | st.text(max_size=8)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(("dialect", "route"), WRITING)
async def test_json_of_any_other_shape(client: Client, dialect: Dialect, route: Route) -> None:
    @settings(max_examples=15, deadline=None)
    @given(anything)
    def collected(value: Any) -> None:
        values.append(value)

    values: list[Any] = []
    collected()
    for value in values:
        content = json.dumps(value).encode()
        reply = await client.request(route.method, path_of(route), headers=BEARER, content=content)
        assert reply.status_code < 300 or is_error(dialect, reply), (value, reply.text)
        assert reply.status_code < 500, (value, reply.text)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
def test_what_is_our_own_fault_is_a_500_in_its_form(dialect: Dialect) -> None:
    answer = dialect.refuse(Broken())
    assert answer.status == 500
    assert ERROR[dialect.name](json.loads(answer.body))


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
def test_the_whole_family_of_refusals_can_be_said(dialect: Dialect) -> None:
    def family(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(one for child in kind.__subclasses__() for one in family(child))]

    for kind in family(Refusal):
        bare = kind.__new__(kind)
        bare.__dict__ |= {
            "fields": {},
            "noun": "app",
            "name": "",
            "holder": 1,
            "retry_after": 1,
            "allowed": (),
            "code": "unfit",
            "holder_type": "app.scale",
            "url": "",
            "facts": {},
            "errors": {},
            "items": {},
        }
        answer = dialect.refuse(bare)
        assert 400 <= answer.status < 600
        assert ERROR[dialect.name](json.loads(answer.body)), kind
