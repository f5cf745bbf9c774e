from pathlib import Path
from typing import Any, cast

from starlette.datastructures import Headers

from headway.dialects.headway import dialect

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "headway.md"


def test_every_route_is_in_the_reference() -> None:
    text = REFERENCE.read_text()
    routes = dialect.headway(cast(Any, None)).routes
    assert [it.path for it in routes if f"| `{it.method} {it.path}` |" not in text] == []


def test_the_secret_is_a_bearer() -> None:
    assert dialect.secret(Headers({"authorization": "Bearer tk-1"})) == "tk-1"
    assert dialect.secret(Headers({"authorization": "Basic dGstMQ=="})) is None
