"""One operation, whoever began it, and what came of it."""

from typing import Annotated

import msgspec
from starlette.responses import FileResponse

from headway import ids
from headway.dialects.workiva import project, wire
from headway.dialects.workiva.answers import said
from headway.dialects.workiva.asked import VERSION, id_of
from headway.dialects.workiva.identity import check_scope
from headway.dialects.workiva.polls import Polls
from headway.errors import Malformed, NotFound
from headway.views import files, operations
from headway.web.ask import Ask
from headway.web.body import Answer
from headway.web.says import Media, Param, Says

PAGE_MAX = 1000
COUNT = Param("$maxpagesize", "How many at most, 1 to 1000.", Annotated[int, msgspec.Meta(ge=1, le=PAGE_MAX)])
NEXT = Param("$next", "What `@nextLink` has.")
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
"""What somebody has uploaded is nothing that a browser is to run."""


class Operations:
    """The handlers; `polls` says who may look again already."""

    def __init__(self, polls: Polls) -> None:
        self._polls = polls

    @Says(wire.Operation, params=(VERSION,), refuses=(Malformed,))
    async def get(self, ask: Ask) -> Answer:
        """Retrieve a single operation."""
        id = id_of(ask, "operationId", "operation")
        self._polls.count(ask.caller.token.id, id)
        office = ask.office
        it, begun_by = await operations.seen(office.database, ask.account.id, id)
        shown = project.operation(it, begun_by, ask.account.id, ask.origin)
        pause = project.retry_after(it, office.clock.now(), office.config.workiva_polls_per_second)
        return said(shown, 200, {} if pause is None else {"Retry-After": str(pause)})


@Says(wire.CopyResults, params=(VERSION, COUNT, NEXT), refuses=(Malformed,))
async def copy_results(ask: Ask) -> Answer:
    """What a copy has made, a page at a time."""
    check_scope(ask, "file:read")
    id = id_of(ask, "operationId", "operation")
    count, after = _page(ask)
    found = await files.copied(ask.world.database, ask.account.id, id, after, count + 1)
    link = None
    if len(found) > count:
        path: str = ask.scope["path"]
        link = f"{ask.origin}{path}?$maxpagesize={count}&$next={ids.show(found[count - 1].id)}"
    data = [project.copy_result(file) for file in found[:count]]
    return said(wire.CopyResults(data=data, next_link=link))


@Says(Media("application/octet-stream"), params=(VERSION,), refuses=(Malformed,))
async def exported_file(ask: Ask) -> FileResponse:
    """Download what an export has made."""
    check_scope(ask, "file:read")
    id = id_of(ask, "operationId", "operation")
    it, path = await files.exported(ask.world.database, ask.world.blobs, ask.account.id, id)
    return FileResponse(path, media_type=it.media, filename=it.name, headers=SAFE)


@Says(wire.Resource, params=(VERSION,), refuses=(Malformed,))
async def resource(ask: Ask) -> Answer:
    """What an operation that has completed was about."""
    id = id_of(ask, "operationId", "operation")
    it, _ = await operations.seen(ask.office.database, ask.account.id, id)
    if project.resource_url(it, "") is None:
        raise NotFound("resource")
    return said(project.resource(it))


def _page(ask: Ask) -> tuple[int, int]:
    """How many, and behind which id."""
    given = ask.query.get("$maxpagesize", str(PAGE_MAX))
    if not given.isdecimal() or len(given) > 4 or not 1 <= int(given) <= PAGE_MAX:
        raise Malformed("$maxpagesize should be 1 to 1000")
    cursor = ask.query.get("$next", "")
    after = ids.parse(cursor) if cursor else 0
    if after is None:
        raise Malformed("$next should be taken from @nextLink")
    return int(given), after
