"""How Workiva says no."""

import json

import pytest

from headway import errors
from headway.dialects.workiva.refuse import refuse
from headway.web.refusals import Broken, Gone, WrongMethod

DOCUMENTED = {
    400: "The request was unacceptable, often due to a missing or invalid parameter",
    401: "No valid API token provided",
    403: "The API token does not have permissions to perform the request",
    404: "The requested resource could not be found",
    409: "The request conflicts with another request",
    429: "Too many requests have been made against the API in too short a time",
    500: "The server encountered an unexpected condition that prevented it from fulfilling the request",
    503: "The server cannot handle the request due to a temporary overload or scheduled maintenance",
}
NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (errors.Malformed("x"), 400),
        (errors.Refusal("x"), 400),
        (errors.Unauthenticated("x"), 401),
        (errors.Forbidden("x"), 403),
        (errors.NotFound("x"), 404),
        (errors.Conflict("x"), 409),
        (errors.Busy("file:1", 1, "file.copy"), 409),
        (errors.KeyReused("x"), 409),
        (errors.TooMany("x"), 429),
        (Broken(), 500),
        (errors.Unavailable("x"), 503),
    ],
)
def test_the_eight_bodies_are_those_of_the_documents(refusal: errors.Refusal, status: int) -> None:
    answer = refuse(refusal)
    body = {"code": f"{status}{NAMES[status]}", "message": DOCUMENTED[status]}
    assert (answer.status, answer.body) == (status, json.dumps(body, separators=(",", ":")).encode())
    assert (b"content-type", b"application/json") in answer.headers


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (errors.PaymentRequired("x"), "402PaymentRequired"),
        (WrongMethod("PUT", ("GET",)), "405MethodNotAllowed"),
        (Gone(), "410Gone"),
        (errors.TooLarge("x"), "413PayloadTooLarge"),
    ],
)
def test_what_the_documents_do_not_name_has_the_same_form(refusal: errors.Refusal, code: str) -> None:
    answer = refuse(refusal)
    assert set(json.loads(answer.body)) == {"code", "message"}
    assert json.loads(answer.body)["code"] == code == f"{answer.status}{code[3:]}"


def test_which_fields_are_wrong_is_told() -> None:
    said = json.loads(refuse(errors.Invalid(name=["is long", "is odd"], kind="is none")).body)
    assert said["code"] == "400BadRequest"
    assert [(it["target"], it["message"]) for it in said["details"]] == [
        ("name", "is long"),
        ("name", "is odd"),
        ("kind", "is none"),
    ]


@pytest.mark.parametrize(
    ("refusal", "header"),
    [
        (errors.TooMany("x", 7), (b"retry-after", b"7")),
        (errors.Unavailable("x", 0), (b"retry-after", b"1")),
        (errors.Unauthenticated("x"), (b"www-authenticate", b"Bearer")),
        (WrongMethod("PUT", ("GET", "POST")), (b"allow", b"GET, POST")),
    ],
)
def test_what_belongs_to_it_goes_along(refusal: errors.Refusal, header: tuple[bytes, bytes]) -> None:
    assert header in refuse(refusal).headers
