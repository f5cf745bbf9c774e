"""Routes as an OpenAPI document."""

from typing import Any

import msgspec
import pytest

from headway.errors import Conflict, Forbidden, NotFound, PaymentRequired, Refusal
from headway.web import body
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.deprecation import Deprecation
from headway.web.openapi import EXAMPLES, About, document, undescribed
from headway.web.refusals import NoSuchPath, WrongMethod
from headway.web.routes import WEBSOCKET, Route
from headway.web.says import TEXT, Param, Says


class Error(msgspec.Struct):
    error: str


class Thing(msgspec.Struct):
    """One thing."""

    name: str


class Wish(msgspec.Struct):
    name: str = ""


@Says(Thing, 201, body=Thing, keyed=True, location=True, refuses=(PaymentRequired,))
async def make(ask: Ask) -> Answer:
    """A new thing.

    And much more about it.
    """
    raise NotImplementedError


@Says(list[Thing], also={204: None}, params=(Param("page", "Which page.", int), Param("q", "What.")))
async def every(ask: Ask) -> Answer:
    """All things."""
    raise NotImplementedError


@Says(TEXT, body=Wish)
async def wish(ask: Ask) -> Answer:
    """A wish."""
    raise NotImplementedError


@Says(Error)
async def follow(ask: Ask) -> Answer:
    """What happens."""
    raise NotImplementedError


async def silent(ask: Ask) -> Answer:
    raise NotImplementedError


def refuse(refusal: Refusal) -> Answer:
    """As some dialect does."""
    status = {NotFound: 404, Forbidden: 403, PaymentRequired: 402}.get(type(refusal), 400)
    return body.answer({"error": str(refusal)}, status, {"x-kind": type(refusal).__name__})


ABOUT = About(
    title="Things",
    version="1",
    text="All about things.",
    schemes={"token": {"type": "http", "scheme": "bearer"}},
    error=Error,
    at="/t",
)
ROUTES = (
    Route("POST", "/t/things/{kind}", make),
    Route("GET", "/t/things", every, open=True),
    Route("PUT", "/t/things", wish),
    Route(WEBSOCKET, "/t/news", follow),
    Route("DELETE", "/t/things", silent),
)


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return document(ABOUT, ROUTES, refuse)


def test_a_deprecated_route_is_marked_with_when_it_ends_and_what_instead() -> None:
    it = Deprecation(name="old-things", since=1770854400, sunset=1864512000, successor="/t/things")
    (operation,) = document(ABOUT, [Route("GET", "/t/old", every, deprecation=it)], refuse)["paths"][
        "/t/old"
    ].values()
    assert (operation["deprecated"], operation["x-sunset"]) == (True, "2029-01-31")
    assert operation["x-successor"] == "/t/things"
    assert "switched off" in operation["responses"]["400"]["description"]


def test_a_route_of_which_nothing_is_said_is_told_with_what_to_do() -> None:
    (told,) = undescribed(ROUTES)
    assert told.startswith("DELETE /t/things: put @Says(")
    assert told.endswith(f"above silent in {__name__}")


def test_the_types_become_schemas_with_their_names(made: dict[str, Any]) -> None:
    assert made["openapi"].startswith("3.1")
    assert made["components"]["schemas"]["Thing"]["properties"] == {"name": {"type": "string"}}
    operation = made["paths"]["/t/things/{kind}"]["post"]
    thing = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    assert operation["requestBody"] == {"content": thing, "required": True}
    assert operation["responses"]["201"]["content"] == thing
    assert "Location" in operation["responses"]["201"]["headers"]
    assert operation["summary"] == "A new thing."


def test_what_may_be_said_in_the_path_the_query_and_the_head_is_told(made: dict[str, Any]) -> None:
    post, get = made["paths"]["/t/things/{kind}"]["post"], made["paths"]["/t/things"]["get"]
    places = [(one["in"], one["name"], one["required"]) for one in post["parameters"]]
    assert places == [("path", "kind", True), ("header", "Idempotency-Key", False)]
    assert [(one["name"], one["schema"]["type"]) for one in get["parameters"]] == [
        ("page", "integer"),
        ("q", "string"),
    ]


def test_a_body_that_may_be_empty_need_not_come(made: dict[str, Any]) -> None:
    put = made["paths"]["/t/things"]["put"]
    assert put["requestBody"]["required"] is False
    assert list(put["responses"]["200"]["content"]) == ["text/plain"]


def test_every_refusal_that_may_follow_is_told_as_the_dialect_says_it(made: dict[str, Any]) -> None:
    post = made["paths"]["/t/things/{kind}"]["post"]["responses"]
    assert sorted(post) == ["201", "400", "402", "403", "404"]
    assert "X-Kind" in post["402"]["headers"]
    assert post["404"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}
    get = made["paths"]["/t/things"]["get"]
    assert (sorted(get["responses"]), get["security"]) == (["200", "204", "400"], [])


def test_a_websocket_is_told_apart(made: dict[str, Any]) -> None:
    assert "/t/news" not in made["paths"]
    assert made["x-websockets"]["/t/news"]["frame"] == {"$ref": "#/components/schemas/Error"}


def test_there_is_an_example_of_every_refusal() -> None:
    def below(kind: type[Refusal]) -> set[type[Refusal]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    # A path or a method that is not there is on no route.
    places = {"headway.errors", "headway.web.refusals"}
    ours = {kind for kind in below(Refusal) if kind.__module__ in places}
    assert ours - {Refusal, NoSuchPath, WrongMethod} == set(EXAMPLES)
    assert all(type(example) is kind for kind, example in EXAMPLES.items())
    assert issubclass(next(iter(EXAMPLES)), Refusal)
    assert Conflict in EXAMPLES
