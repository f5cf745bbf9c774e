"""How git's dialect says no."""

import inspect

import pytest

from headway import errors
from headway.dialects.git.refuse import STATUS, refuse
from headway.errors import Busy, Conflict, NotFound, Refusal, TooMany, Unauthenticated, Unavailable
from headway.web.refusals import WrongMethod


def test_every_refusal_has_a_status_of_its_own_or_that_of_what_it_descends_from() -> None:
    every = {it for _, it in inspect.getmembers(errors, inspect.isclass) if issubclass(it, Refusal)}
    assert {it for it in every - set(STATUS) if not issubclass(it, Conflict)} == set()


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound("app", "x"), 404),
        (Conflict("no"), 409),
        (Busy("app:1", 1, "app.scale"), 409),
        (Refusal("no"), 400),
    ],
)
def test_it_is_said_in_plain_text(refusal: Refusal, status: int) -> None:
    answer = refuse(refusal)
    assert (answer.status, answer.body) == (status, f"{refusal}\n".encode())
    assert (b"content-type", b"text/plain; charset=utf-8") in answer.headers


@pytest.mark.parametrize(
    ("refusal", "header"),
    [
        (Unauthenticated("who"), b"www-authenticate"),
        (TooMany("slow"), b"retry-after"),
        (Unavailable("later"), b"retry-after"),
        (WrongMethod("PUT", ("GET",)), b"allow"),
    ],
)
def test_what_helps_stands_in_a_header(refusal: Refusal, header: bytes) -> None:
    assert header in dict(refuse(refusal).headers)
