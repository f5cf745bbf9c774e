"""Workiva's dialect where there is nothing but operations: the legacy path and its successor.

An access token is whatever secret the service knows people by: there is no exchange for one.
"""

from headway.clock import Clock
from headway.config import Config
from headway.dialects.workiva import operations
from headway.dialects.workiva.asked import LEGACY, checked
from headway.dialects.workiva.dialect import OPERATION, OPERATIONS, pages
from headway.dialects.workiva.identity import secret
from headway.dialects.workiva.legacy import both, sunset_of
from headway.dialects.workiva.operations import Operations
from headway.dialects.workiva.polls import Polls
from headway.dialects.workiva.refuse import refuse
from headway.web.deprecation import PAGES
from headway.web.dialect import Dialect
from headway.web.routes import Route


def alone(config: Config, clock: Clock) -> Dialect:
    """What clients poll, and what its answers lead to. Invalid where a setting makes no sense."""
    one = Operations(Polls(clock, config.workiva_polls_per_second))
    routes = (
        *both("GET", OPERATION, checked(one.get), OPERATIONS, sunset=sunset_of(config)),
        Route("GET", f"{OPERATION}/resource", checked(operations.resource)),
    )
    return Dialect(
        name="workiva",
        prefixes=(f"{LEGACY}/operations", "/operations", PAGES),
        routes=(*routes, Route("GET", f"{PAGES}/{{name}}", pages(routes), open=True)),
        secret=secret,
        refuse=refuse,
    )
