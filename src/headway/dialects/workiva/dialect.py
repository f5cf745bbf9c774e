"""Workiva's Platform API: every path on one page. Each legacy path stands beside its successor."""

from headway.clock import Clock
from headway.config import Config
from headway.dialects.workiva import files, operations, tokens, wire
from headway.dialects.workiva.asked import LEGACY, checked
from headway.dialects.workiva.identity import AUDIENCE, secret
from headway.dialects.workiva.legacy import IAM, both, sunset_of
from headway.dialects.workiva.operations import Operations
from headway.dialects.workiva.polls import Polls
from headway.dialects.workiva.refuse import refuse
from headway.errors import NotFound
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.deprecation import PAGES, page
from headway.web.described import described
from headway.web.dialect import Dialect
from headway.web.openapi import About
from headway.web.routes import Handler, Route
from headway.web.says import HTML, Says

OPERATIONS, FILES, TOKENS = "platform-v1-operations", "platform-v1-files", "iam-v1-oauth2-token"
"""The names of what is to be switched off."""
ABOUT = About(
    title="Workiva",
    version="2026-01-01",
    text="Follow one operation by its id, whoever began it; copy and export files. Each deprecated path has a successor.",
    schemes={
        "token": {"type": "http", "scheme": "bearer", "description": "An access token, or an API token."}
    },
    error=wire.Error,
    at="/docs/workiva",
)
OPERATION, _FILE = "/operations/{operationId}", "/files/{fileId}"


def workiva(config: Config, clock: Clock) -> Dialect:
    """What it consists of. Invalid where a setting makes no sense."""
    one = Operations(Polls(clock, config.workiva_polls_per_second))
    sunset = sunset_of(config)
    routes = (
        *both("POST", "/oauth2/token", tokens.token, TOKENS, sunset=sunset, open=True, prefix=IAM),
        *both("GET", OPERATION, checked(one.get), OPERATIONS, sunset=sunset),
        *both(
            "GET",
            f"{OPERATION}/copyFileResults",
            checked(operations.copy_results),
            OPERATIONS,
            sunset=sunset,
        ),
        *both("POST", f"{_FILE}/copy", checked(files.copy), FILES, sunset=sunset),
        *both("POST", f"{_FILE}/export", checked(files.export), FILES, sunset=sunset),
        # What `resourceUrl` leads to where the vendor has no path for it.
        Route("GET", f"{OPERATION}/exportedFile", checked(operations.exported_file)),
        Route("GET", f"{OPERATION}/resource", checked(operations.resource)),
    )
    return Dialect(
        name="workiva",
        prefixes=(LEGACY, IAM, "/operations", "/oauth2", "/files", PAGES, ABOUT.at),
        routes=described(
            ABOUT, (*routes, Route("GET", f"{PAGES}/{{name}}", pages(routes), open=True)), refuse
        ),
        secret=secret,
        refuse=refuse,
        audience=AUDIENCE,
    )


def pages(routes: tuple[Route, ...]) -> Handler:
    """Hands out the page of each deprecation."""

    @Says(HTML)
    async def deprecation(ask: Ask) -> Answer:
        """What is to be switched off, when, and what takes its place."""
        name = ask.params["name"]
        found = [(route.path, route.deprecation) for route in routes if route.deprecation is not None]
        found = [(path, it) for path, it in found if it.name == name]
        if not found:
            raise NotFound("deprecation", name)
        return page(name, found)

    return deprecation
