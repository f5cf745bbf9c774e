"""Our own dialect: the whole."""

from starlette.datastructures import Headers

from headway.dialects.headway import files, wire
from headway.dialects.headway.operations import Operations
from headway.dialects.headway.refuse import refuse
from headway.views.stories import Stories
from headway.web.described import described
from headway.web.dialect import Dialect
from headway.web.identity import bearer
from headway.web.openapi import About
from headway.web.routes import Route

PREFIX = "/headway/v1"
ABOUT = About(
    title="Headway",
    version="1",
    text="Follow, list, explain and cancel operations, whoever began them. HEAD is answered wherever GET is.",
    schemes={"token": {"type": "http", "scheme": "bearer"}},
    error=wire.Refused,
    at=PREFIX,
)


def headway(stories: Stories) -> Dialect:
    """What it consists of."""
    return Dialect(
        name="headway",
        prefixes=(PREFIX,),
        routes=described(ABOUT, _routes(Operations(stories)), refuse),
        secret=secret,
        refuse=refuse,
    )


def _routes(operations: Operations) -> tuple[Route, ...]:
    one = f"{PREFIX}/operations/{{id}}"
    return (
        Route("GET", f"{PREFIX}/operations", operations.list),
        Route("GET", one, operations.get),
        Route("GET", f"{one}/events", operations.events),
        Route("GET", f"{one}/log", operations.log),
        Route("POST", f"{one}/cancel", operations.cancel),
        # What other dialects copy and export.
        Route("GET", f"{PREFIX}/files", files.list_page),
        Route("POST", f"{PREFIX}/files", files.upload),
        Route("POST", f"{PREFIX}/folders", files.create_folder),
        Route("GET", f"{PREFIX}/files/{{id}}", files.get),
        Route("DELETE", f"{PREFIX}/files/{{id}}", files.remove),
        Route("GET", f"{PREFIX}/files/{{id}}/content", files.content),
    )


def secret(headers: Headers) -> str | None:
    """The API token, or a JWT made from one, in `Authorization: Bearer …`."""
    return bearer(headers.get("authorization"))
