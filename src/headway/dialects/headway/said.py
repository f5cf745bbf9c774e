"""What many handlers take, as it is said in the document."""

from headway.errors import Busy, Conflict, Stale
from headway.web.says import Media, Param

NDJSON = Media("application/x-ndjson")
DRY_RUN = Param("X-Dry-Run", "`true`: only tell what it would do, and store nothing.", place="header")
IF_MATCH = Param("If-Match", "Only if what is changed is still this version.", place="header")
LIMIT = Param("limit", "How many at most, 1 to 100.", int)
CURSOR = Param("cursor", "What `next` said of the page before.")
AFTER = Param("after", "The newest event that is known already.", int)
LAST_EVENT = Param("Last-Event-ID", "The newest event that is known already.", int, "header")
COMMAND = (Busy, Conflict)
"""How every command may say no."""
CHANGE = (*COMMAND, Stale)
