"""Where Scalingo's clients put their secret."""

import base64

import pytest
from starlette.datastructures import Headers

from headway.dialects.scalingo.identity import secret


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Bearer a.b.c", "a.b.c"),
        ("Basic " + base64.b64encode(b":tk-us-x").decode(), "tk-us-x"),
        ("Basic " + base64.b64encode(b"john:tk-us-x").decode(), "tk-us-x"),
        ("Basic broken", None),
        ("Token x", None),
        ("", None),
    ],
)
def test_the_secret_is_the_bearer_or_the_password(header: str, found: str | None) -> None:
    assert secret(Headers({"authorization": header})) == found


def test_without_a_header_there_is_no_secret() -> None:
    assert secret(Headers({})) is None
