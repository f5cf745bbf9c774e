"""Who still calls what is to be switched off: counted here, and written down every few seconds."""

import asyncio
import logging

import msgspec

from headway.domain.legacy.note_calls import note_calls
from headway.domain.world import Office
from headway.errors import Unavailable
from headway.model.legacy_calls import LegacyCalls
from headway.store.database import StorageFull
from headway.waiting import either
from headway.web.identity import Caller

log = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0


class Ledger:
    """A service. What was counted and not written down when the process dies, some seconds at most, is lost."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._calls: dict[tuple[str, int], LegacyCalls] = {}

    def note(self, route: str, caller: Caller) -> None:
        """One more call of the route, as its deprecation is called; costs nothing but memory, one row a token."""
        now = self._office.clock.now()
        before = self._calls.get((route, caller.token.id))
        it = before or LegacyCalls(route, caller.token.id, caller.account.id, 0, now, now)
        self._calls[route, caller.token.id] = msgspec.structs.replace(it, calls=it.calls + 1, last_at=now)

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Write down what was counted, until `stop`, and once more then."""
        ready.set()
        while not stop.is_set():
            await either(stop.wait(), self._office.clock.sleep(PAUSE_SECONDS))
            await self.write_down()

    async def write_down(self) -> None:
        """Write down what was counted; where that cannot be, it is kept for the next time."""
        calls, self._calls = self._calls, {}
        if not calls:
            return
        try:
            await note_calls(self._office, list(calls.values()))
        except (Unavailable, StorageFull) as error:
            log.warning("calls of deprecated paths are written down later: %s", error)
            self._put_back(calls)

    def _put_back(self, calls: dict[tuple[str, int], LegacyCalls]) -> None:
        for key, before in calls.items():
            after = self._calls.get(key)
            self._calls[key] = (
                before
                if after is None
                else msgspec.structs.replace(
                    after, calls=before.calls + after.calls, first_at=before.first_at
                )
            )
