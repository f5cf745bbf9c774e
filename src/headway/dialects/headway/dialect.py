"""Our own dialect: the whole."""

from starlette.datastructures import Headers

from headway.dialects.headway import files
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
            # What other dialects copy and export.
            Route("GET", f"{PREFIX}/files", files.list_page),
            Route("POST", f"{PREFIX}/files", files.upload),
            Route("POST", f"{PREFIX}/folders", files.create_folder),
            Route("GET", f"{PREFIX}/files/{{id}}", files.get),
            Route("DELETE", f"{PREFIX}/files/{{id}}", files.remove),
            Route("GET", f"{PREFIX}/files/{{id}}/content", files.content),
        ),
        secret=secret,
        refuse=refuse,
    )


def secret(headers: Headers) -> str | None:
    """The API token, or a JWT made from one, in `Authorization: Bearer …`."""
    return bearer(headers.get("authorization"))
