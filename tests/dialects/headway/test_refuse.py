import inspect
import json

import pytest

from headway import errors
from headway.dialects.headway.refuse import SAID, refuse
from headway.web.refusals import Broken, WrongMethod


def said(refusal: errors.Refusal) -> tuple[int, dict[str, object]]:
    """Status and body."""
    answer = refuse(refusal)
    return answer.status, json.loads(answer.body)["error"]


def test_every_refusal_of_the_family_has_its_line() -> None:
    family = {it for _, it in inspect.getmembers(errors, inspect.isclass) if issubclass(it, errors.Refusal)}
    assert family <= set(SAID)


def test_wrong_fields_are_all_told() -> None:
    assert said(errors.Invalid(name="is too short", size="is unknown")) == (
        422,
        {
            "code": "invalid",
            "text": "name is too short; size is unknown",
            "fields": {"name": ["is too short"], "size": ["is unknown"]},
        },
    )


def test_a_held_target_is_refused_with_the_id_of_its_holder() -> None:
    status, error = said(errors.Busy("app:1", 1, "app.scale"))
    assert (status, error["code"], error["holder"]) == (409, "busy", "000000000000000000000001")


@pytest.mark.parametrize(
    ("refusal", "status", "header"),
    [
        (errors.TooMany("slowly", retry_after=3), 429, (b"retry-after", b"3")),
        (errors.Unavailable("later", retry_after=9), 503, (b"retry-after", b"9")),
        (errors.Unauthenticated("who?"), 401, (b"www-authenticate", b'Bearer realm="headway"')),
        (WrongMethod("PUT", ("GET", "POST")), 405, (b"allow", b"GET, POST")),
    ],
)
def test_what_a_client_needs_to_know_stands_in_a_header(
    refusal: errors.Refusal, status: int, header: tuple[bytes, bytes]
) -> None:
    answer = refuse(refusal)
    assert answer.status == status
    assert header in answer.headers


def test_our_own_fault_says_nothing_of_its_cause() -> None:
    assert said(Broken())[0] == 500


def test_a_refusal_that_nobody_thought_of_is_answered_as_its_parent() -> None:
    class Odd(errors.Conflict):
        """Not in the table."""

    assert said(Odd("odd")) == (409, {"code": "conflict", "text": "odd"})
