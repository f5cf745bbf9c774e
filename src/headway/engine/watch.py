"""Who has died, long before their lease is over.

A process holds a mark that is free soon after its death. Free is not dead: a connection may have broken, a server
may have been restarted. So a node is given up only when its mark was free at three looks in a row, twice the time in
which one that lives takes it again; and giving it up is no more than ending its epoch, as if its lease were over. If
it lives after all, its next write is refused by its fence, it learns at its next renewal that its epoch has ended,
and comes back with a new one: a step is done again, nothing is done wrong.
"""

from headway.store import nodes
from headway.store.database import Database
from headway.store.marks import Marks
from headway.store.nodes import Epoch

LOOK_SECONDS = 0.2
LOOKS = 3


class Watch:
    """Looks for nodes that perform something and whose process has died."""

    def __init__(self, database: Database, marks: Marks) -> None:
        self._database = database
        self._marks = marks
        self._missed: dict[Epoch, int] = {}
        """At how many looks in a row its mark was free."""

    async def gone(self, me: int) -> list[Epoch]:
        """Those whose mark was free at this look and the two before. Unavailable."""
        others = await self._database.read(lambda tx: nodes.marked(tx, me))
        free = await self._marks.free(list(others))
        self._missed = {others[mark]: self._missed.get(others[mark], 0) + 1 for mark in free}
        return sorted(epoch for epoch, looks in self._missed.items() if looks >= LOOKS)
