"""Bring the router to what the rows say of an app's domains.

Whole states, and one app at a time: whoever changes rows and then shows them leaves the router as the last change
has it, in whatever order they come. What could not be shown is tried again until it is, and a start shows all.
"""

import asyncio
import logging
from weakref import WeakValueDictionary

from headway.clock import Clock
from headway.errors import Trouble, Unavailable
from headway.ids import parse, show
from headway.routers.port import Certificate, Host, Router, Site
from headway.store import certificates, domains
from headway.store.database import Database, Tx

log = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


class Sites:
    """The names of apps at the router. Also the service that tries again."""

    def __init__(self, database: Database, router: Router, clock: Clock) -> None:
        self._database = database
        self._router = router
        self._clock = clock
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._late: set[int] = set()
        self._bell = asyncio.Event()

    async def show(self, app_id: int) -> None:
        """Lead the names that an app has now to it, and no others; return once that is live. Trouble."""
        async with self._turns.setdefault(app_id, asyncio.Lock()):
            wanted = await self._database.read(lambda tx: _site(tx, app_id))
            there = {it.app_id: it for it in await self._router.sites()}
            if there.get(wanted.app_id, Site(app_id=wanted.app_id)) != wanted:
                await self._router.site(wanted)

    async def shown(self, app_id: int) -> None:
        """The same for whoever cannot wait for ever: what is late is seen to by the service."""
        try:
            await self.show(app_id)
        except (Trouble, Unavailable) as trouble:
            log.warning("the domains of app %s are shown later: %s", show(app_id), trouble)
            self.later(app_id)

    def later(self, app_id: int) -> None:
        """Have it shown soon, by the service."""
        self._late.add(app_id)
        self._bell.set()

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Show every app's, then whatever is late, until `stop`."""
        for app_id in await self._known():
            await self.shown(app_id)
        ready.set()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._see_to_what_is_late())
            await stop.wait()
            task.cancel()

    async def _known(self) -> set[int]:
        """The apps with domains in the rows, or at the router."""
        rows = await self._database.read(domains.apps)
        return {*rows, *(parse(it.app_id) or 0 for it in await self._router.sites())}

    async def _see_to_what_is_late(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            late, self._late = self._late, set()
            for app_id in late:
                await self.shown(app_id)
            if self._late:
                await self._clock.sleep(PAUSE_SECONDS)


async def _site(tx: Tx, app_id: int) -> Site:
    theirs = await domains.of_app(tx, app_id)
    return Site(
        app_id=show(app_id),
        hosts=tuple([Host(name=it.name, certificate=await _certificate(tx, it.id)) for it in theirs]),
        canonical=next((it.name for it in theirs if it.canonical), ""),
    )


async def _certificate(tx: Tx, domain_id: int) -> Certificate | None:
    found = await certificates.served(tx, domain_id)
    return None if found is None else Certificate(chain=found[0], key=found[1])
