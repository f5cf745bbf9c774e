"""Our own dialect: the whole."""

from starlette.datastructures import Headers

from headway.dialects.headway.operations import Operations
from headway.dialects.headway.refuse import refuse
from headway.views.stories import Stories
from headway.web.dialect import Dialect
from headway.web.identity import bearer
from headway.web.routes import Route

PREFIX = "/headway/v1"


def headway(stories: Stories) -> Dialect:
    """What it consists of."""
    operations = Operations(stories)
    one = f"{PREFIX}/operations/{{id}}"
    return Dialect(
        name="headway",
        prefixes=(PREFIX,),
        routes=(
            Route("GET", f"{PREFIX}/operations", operations.list),
            Route("GET", one, operations.get),
            Route("GET", f"{one}/events", operations.events),
            Route("GET", f"{one}/log", operations.log),
            Route("POST", f"{one}/cancel", operations.cancel),
        ),
        secret=secret,
        refuse=refuse,
    )


def secret(headers: Headers) -> str | None:
    """The API token, or a JWT made from one, in `Authorization: Bearer …`."""
    return bearer(headers.get("authorization"))
