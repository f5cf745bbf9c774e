"""What the platform itself says in an app's log."""

import logging

from headway.clock import Clock
from headway.errors import Unavailable
from headway.model.logs import PLATFORM, Lines, shown
from headway.store.database import StorageFull
from headway.store.logbook import Logbook

_log = logging.getLogger(__name__)


def say(logbook: Logbook, clock: Clock, app_id: str, text: str, *, source: str = PLATFORM) -> None:
    """Write the text into the app's log, a line for each of its lines.

    Where it cannot be kept now it goes to the control plane's own log instead: what was going on goes on.
    """
    said = Lines(at=clock.now(), source=source, text=shown(text.encode("utf-8", "replace")))
    try:
        logbook.append(app_id, [said])
    except (StorageFull, Unavailable):
        _log.warning("it could not be kept; for the log of app %s: %s", app_id, text)
