"""What a request says."""

from pathlib import Path

import pytest
from starlette.types import Message, Scope

from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import Invalid, Unauthenticated
from headway.web.ask import Ask, Edge, ask, edge
from tests.ready_made import world_in


async def nothing() -> Message:
    return {"type": "http.request"}


def asked(the_edge: Edge, query: bytes = b"", scheme: str = "http", **headers: str) -> Ask:
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": "/",
        "query_string": query,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    return ask(the_edge, "small", scope, nothing)


def test_nobody_is_known_before_they_have_proved_who_they_are(the_edge: Edge) -> None:
    with pytest.raises(Unauthenticated):
        _ = asked(the_edge).account


@pytest.mark.parametrize(
    ("scheme", "origin"),
    [("http", "http://h:1"), ("https", "https://h:1"), ("ws", "http://h:1"), ("wss", "https://h:1")],
)
def test_the_origin_is_where_the_asker_reaches_us(the_edge: Edge, scheme: str, origin: str) -> None:
    assert asked(the_edge, scheme=scheme, host="h:1").origin == origin


def test_without_a_host_the_origin_is_where_we_listen(the_edge: Edge, world: World) -> None:
    assert asked(the_edge).origin == f"http://{world.config.listen}"


async def test_a_public_url_wins_over_what_the_asker_says(tmp_path: Path) -> None:
    async with world_in(tmp_path / "public", public_url="https://paas.example.com/") as world:
        the_edge = edge(world, Feed(world.database))
        assert asked(the_edge, host="evil.example").origin == "https://paas.example.com"


@pytest.mark.parametrize(
    ("query", "number"),
    [(b"", 7), (b"page=3", 3), (b"page=-4", 1), (b"page=0", 1), (b"page=999", 50)],
)
def test_a_number_in_the_query_is_brought_into_its_bounds(the_edge: Edge, query: bytes, number: int) -> None:
    assert asked(the_edge, query).number("page", 7, at_least=1, at_most=50) == number


@pytest.mark.parametrize("query", [b"page=", b"page=x", b"page=1.5", b"page=%D9%A3", b"page=" + b"9" * 5000])
def test_what_is_no_number_is_invalid(the_edge: Edge, query: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        asked(the_edge, query).number("page", 7, at_most=50)
    assert set(refused.value.fields) == {"page"}


def test_a_yes_or_no_is_one_or_the_other(the_edge: Edge) -> None:
    assert asked(the_edge, b"aliases=True").flag("aliases", default=False) is True
    assert asked(the_edge, b"aliases=false").flag("aliases", default=True) is False
    assert asked(the_edge).flag("aliases", default=True) is True
    with pytest.raises(Invalid) as refused:
        asked(the_edge, b"aliases=").flag("aliases", default=True)
    assert set(refused.value.fields) == {"aliases"}


def test_an_idempotency_key_is_taken_as_it_comes(the_edge: Edge) -> None:
    assert asked(the_edge, idempotency_key="abc").key == "abc"
    assert asked(the_edge).key == ""


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"])
def test_a_strange_idempotency_key_is_invalid(the_edge: Edge, key: str) -> None:
    with pytest.raises(Invalid):
        _ = asked(the_edge, idempotency_key=key).key
