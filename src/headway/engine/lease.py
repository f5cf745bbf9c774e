"""The lease of a node: it proves to the others that what it performs is in good hands.

One row a node, renewed at a third of its time. With it goes the node's mark, by which others see sooner that its
process has died (`watch`). A node that finds another's lease over ends that one's epoch and takes its operations
over. A node that learns that its own epoch was ended drops what it performs and comes back as a new one. The date is
read where the row is written, because a write may have waited while the clock was set. Not promised: that a frozen
node knows it is late; for that every write carries a fence.
"""

import asyncio

from headway.clock import SECOND, Clock
from headway.errors import Unavailable
from headway.store import nodes
from headway.store.database import Database, StorageFull


class Lease:
    """The lease of the node named `name`."""

    def __init__(self, database: Database, clock: Clock, *, name: str, seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._name = name
        self._seconds = seconds
        self._until = 0.0
        self.epoch = 0
        """How often it has come, or come back."""
        self.node = 0
        """This node's number, from the first registration on."""

    def held(self) -> bool:
        """Whether nobody else may believe that this node is dead."""
        return self._clock.monotonic() < self._until

    async def register(self) -> int:
        """Come (back) under this name with a new epoch; the node's number."""
        marks = self._database.marks
        mark = await marks.take() if marks is not None else 0
        asked = self._clock.monotonic()
        lease = int(self._seconds * SECOND)
        self.node, self.epoch = await self._database.write(
            lambda tx: nodes.register(tx, self._name, self._clock.now(), lease, mark)
        )
        self._until = asked + self._seconds
        return self.node

    async def keep(self) -> bool:
        """Pause for a third of the lease and renew it; False once this epoch was ended by another node."""
        await self._clock.sleep(self._seconds / 3)
        asked = self._clock.monotonic()
        lease = int(self._seconds * SECOND)
        try:
            async with asyncio.timeout(self._seconds):
                renewed = await self._database.write(
                    lambda tx: nodes.renew(tx, self.node, self.epoch, self._clock.now(), lease)
                )
        except (Unavailable, StorageFull, TimeoutError):
            return True
        self._until = asked + self._seconds if renewed else 0.0
        return renewed

    async def release(self) -> None:
        """Leave, in good order."""
        self._until = 0.0
        await self._database.write(lambda tx: nodes.release(tx, self.node, self.epoch))
