"""The generation of paths that is to be switched off: the one declaration, from which everything about it comes."""

from datetime import UTC, datetime

from headway.config import Config
from headway.dialects.workiva.asked import LEGACY
from headway.errors import Invalid
from headway.web.deprecation import Deprecation
from headway.web.routes import Handler, Route

DEPRECATED = int(datetime(2026, 2, 12, tzinfo=UTC).timestamp())
"""The day that the documents name."""
IAM = "/iam/v1"


def sunset_of(config: Config) -> int:
    """When the legacy paths are switched off, in seconds since 1970; Invalid where the setting is no such time."""
    try:
        at = datetime.fromisoformat(config.workiva_sunset)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.timestamp() < DEPRECATED:
        raise Invalid(workiva_sunset="should be a time like 2029-01-31T00:00:00Z, not before 2026-02-12")
    return int(at.timestamp())


def both(
    method: str,
    path: str,
    handler: Handler,
    name: str,
    *,
    sunset: int,
    open: bool = False,
    prefix: str = LEGACY,
) -> tuple[Route, Route]:
    """The legacy route, which says what it is, and its successor."""
    deprecation = Deprecation(name=name, since=DEPRECATED, sunset=sunset, successor=path)
    return (
        Route(method, f"{prefix}{path}", handler, open=open, deprecation=deprecation),
        Route(method, path, handler, open=open),
    )
