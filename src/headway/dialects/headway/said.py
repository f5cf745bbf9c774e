"""What many handlers take, as it is said in the document."""

from typing import Any

from headway.dialects.headway import wire
from headway.errors import Busy, Conflict, Refusal, Stale
from headway.web.says import Media, Param, Says

NDJSON = Media("application/x-ndjson")
DRY_RUN = Param("X-Dry-Run", "`true`: only tell what it would do, and store nothing.", bool, "header")
IF_MATCH = Param("If-Match", "Only if what is changed is still this version.", place="header")
LIMIT = Param("limit", "How many at most, 1 to 100.", int)
CURSOR = Param("cursor", "What `next` said of the page before.")
AFTER = Param("after", "The newest event that is known already.", int)
LAST_EVENT = Param("Last-Event-ID", "The newest event that is known already.", int, "header")
COMMAND = (Busy, Conflict)
"""How every command may say no."""
CHANGE = (*COMMAND, Stale)


def change(
    reply: Any,
    status: int = 200,
    *,
    body: Any = None,
    params: tuple[Param, ...] = (),
    refuses: tuple[type[Refusal], ...] = (),
) -> Says:
    """What is said of what changes something at once: a dry run is answered with 200 and what would be there."""
    also = {} if status == 200 or reply is None else {200: reply}
    return Says(reply, status, body=body, also=also, params=(*params, DRY_RUN), refuses=refuses)


def command(
    reply: Any = wire.Operation,
    *,
    body: Any = None,
    params: tuple[Param, ...] = (),
    refuses: tuple[type[Refusal], ...] = COMMAND,
) -> Says:
    """What is said of every command: 202 with what has begun and where to follow it, or in a dry run the plan."""
    return Says(
        reply,
        202,
        body=body,
        also={200: wire.Plan},
        params=(*params, DRY_RUN),
        refuses=refuses,
        keyed=True,
        location=True,
    )
