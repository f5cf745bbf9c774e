"""Where Workiva's clients put their secret, and what an access token is good for."""

from collections.abc import Sequence

from starlette.datastructures import Headers

from headway.errors import Forbidden
from headway.web.ask import Ask
from headway.web.identity import bearer

AUDIENCE = "workiva"
"""Access tokens are taken in this dialect only: the others know no scopes."""
SCOPES: Sequence[str] = (
    "activity:read",
    "file:read",
    "file:write",
    "graph:read",
    "graph:write",
    "organization:read",
    "organization:write",
)
"""All that the documents name."""
DEFAULT_SCOPES: Sequence[str] = ("file:read", "file:write")


def secret(headers: Headers) -> str | None:
    """The access token, or an API token, in `Authorization: Bearer …`."""
    return bearer(headers.get("authorization"))


def check_scope(ask: Ask, scope: str) -> None:
    """Forbidden where the asker's access token is not good for this. An API token is for everything."""
    scopes = ask.caller.scopes
    if scopes is not None and scope not in scopes:
        raise Forbidden(f"the access token has not the scope {scope}")
