"""Look at this node's containers every ten seconds, and keep what was seen."""

import asyncio
import contextlib
import logging

from headway import ids
from headway.clock import Clock
from headway.domain.stats.meter import Meter, Reading
from headway.errors import Retry, Unavailable
from headway.model import stats
from headway.model.stats import SAMPLE_SECONDS, Of
from headway.store import samples
from headway.store.database import Database, StorageFull, Tx
from headway.waiting import either

_log = logging.getLogger(__name__)
_MINUTES_MAX = 60
"""Of samples that could not be kept yet; then the oldest go."""


class Sampler:
    """The service that does it; it needs the runtime."""

    def __init__(self, meter: Meter, database: Database, clock: Clock, *, node: str) -> None:
        self._meter = meter
        self._database = database
        self._clock = clock
        self._node = node
        self._taken: Of = {}
        self._in_trouble = False

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Sample until `stop`."""
        ready.set()
        while not stop.is_set():
            # While the runtime cannot tell, there is nothing to tell.
            with contextlib.suppress(Retry):
                self.take(await self._meter.sample())
            await self.keep()
            await either(stop.wait(), self._clock.sleep(SAMPLE_SECONDS))

    def take(self, readings: list[Reading]) -> None:
        """Add one look to what was seen in this minute."""
        now = self._clock.now()
        # Of two containers under one label the newer counts.
        newest = {
            (it.usage.app_id, it.usage.label): it for it in sorted(readings, key=lambda it: it.usage.id)
        }
        for (app_id, label), it in newest.items():
            seen = stats.sample(label, it.cpu_percent, it.usage.memory_bytes, it.usage.swap_bytes)
            if (app := ids.parse(app_id)) is not None:
                stats.add(self._taken, stats.key(app, now), seen)

    async def keep(self) -> None:
        """Keep what was taken, and let go of what is old; what cannot be kept now, later."""
        if not self._taken:
            return
        taken = self._taken

        async def body(tx: Tx) -> None:
            await samples.add(tx, self._node, taken)
            await samples.forget(tx, self._clock.now())

        try:
            await self._database.write(body)
        except (Unavailable, StorageFull) as error:
            self._complain(error)
            return
        self._in_trouble = False
        self._taken = {}

    def _complain(self, error: Exception) -> None:
        if not self._in_trouble:
            _log.warning("what containers use is kept later: %s", str(error) or "the disk is full")
        self._in_trouble = True
        kept = sorted({at for _, at in self._taken})[-_MINUTES_MAX:]
        self._taken = {key: one for key, one in self._taken.items() if key[1] in kept}
