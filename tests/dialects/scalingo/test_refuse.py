"""How Scalingo says no."""

import json
from typing import Any

import pytest

from headway import errors
from headway.dialects.scalingo.refuse import STATUS, refuse
from headway.errors import Refusal
from headway.model.fields import FieldError, Unfit, WrongFields, WrongItems
from headway.web.refusals import Broken, Gone, NoSuchPath, WrongMethod

EXAMPLES: list[tuple[Refusal, int, dict[str, Any], dict[str, str]]] = [
    (errors.Malformed("no JSON"), 400, {"error": "no JSON"}, {}),
    (errors.Unauthenticated("who?"), 401, {"error": "who?"}, {"www-authenticate": "Bearer"}),
    (
        errors.PaymentRequired("pay", "http://pay"),
        402,
        {"error": "pay", "name": "free-usage-exceeded", "url": "http://pay"},
        {},
    ),
    (errors.Forbidden("no"), 403, {"error": "no"}, {}),
    (errors.NotFound("app", "x"), 404, {"resource": "app", "error": "not found"}, {}),
    (NoSuchPath(), 404, {"error": "not found"}, {}),
    (
        WrongMethod("PUT", ("GET", "POST")),
        405,
        {"error": "PUT is not possible here, only GET, POST"},
        {"allow": "GET, POST"},
    ),
    (errors.Conflict("stopped"), 409, {"error": "stopped"}, {}),
    (
        errors.Busy("app:1", 7, "app.scale"),
        409,
        {
            "error": "another operation (app.scale) is in progress, wait for it to end",
            "operation": "000000000000000000000007",
        },
        {},
    ),
    (errors.KeyReused("used"), 409, {"error": "used"}, {}),
    (errors.Stale("changed"), 409, {"error": "changed"}, {}),
    (Unfit("pool-is-open", "it is open"), 409, {"error": "it is open"}, {}),
    (
        Gone(),
        410,
        {"error": "this path was switched off, the Link header leads to what has taken its place"},
        {},
    ),
    (errors.TooLarge("big"), 413, {"error": "big"}, {}),
    (
        errors.Invalid(name=["is taken", "is odd"], size="is unknown"),
        422,
        {
            "errors": {"name": ["is taken", "is odd"], "size": ["is unknown"]},
            "error": "name is taken, is odd; size is unknown",
        },
        {},
    ),
    (
        WrongFields({"name": FieldError("odd", "is odd")}),
        422,
        {"errors": {"name": ["is odd"]}, "error": "name is odd"},
        {},
    ),
    (
        WrongItems({"0": {"name": FieldError("odd", "is odd")}}),
        422,
        {"errors": {"0.name": ["is odd"]}, "error": "0.name is odd"},
        {},
    ),
    (errors.TooMany("Retry later", 7), 429, {"error": "Retry later"}, {"retry-after": "7"}),
    (Broken(), 500, {"error": "something went wrong on our side, it has been logged"}, {}),
    (errors.Unavailable("down", 3), 503, {"error": "down"}, {"retry-after": "3"}),
]


@pytest.mark.parametrize(
    ("refusal", "status", "body", "headers"), EXAMPLES, ids=[type(one[0]).__name__ for one in EXAMPLES]
)
def test_each_refusal_is_said_as_the_clients_read_it(
    refusal: Refusal, status: int, body: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = refuse(refusal)
    sent = {name.decode(): value.decode() for name, value in answer.headers}
    assert (answer.status, json.loads(answer.body)) == (status, body)
    assert sent == {"content-type": "application/json; charset=utf-8"} | headers


def kinds(family: type[Refusal] = Refusal) -> set[type[Refusal]]:
    """Everything that descends from it."""
    return {kind for child in family.__subclasses__() for kind in {child, *kinds(child)}}


def test_no_refusal_is_without_a_status() -> None:
    assert [kind for kind in kinds() if not any(one in STATUS for one in kind.__mro__)] == []


def test_no_refusal_is_without_an_example() -> None:
    # What the command line says of itself is sent to nobody.
    ours = {
        kind for kind in kinds() if kind.__module__.startswith("headway.") and ".cli." not in kind.__module__
    }
    assert {type(refusal) for refusal, *_ in EXAMPLES} == ours
