"""What transactions touch, collected until it is told."""

from collections.abc import Iterable, Mapping

from headway.model.operations import ENDS, NewEvent
from headway.store.database import Touched
from headway.store.sheets import Query


class Touches:
    """What was touched since it was told last. More than was really changed may be in it, never less.

    Only of what has ended it must be exact: whoever rolls back tells, and forgets what is told.
    """

    def __init__(self) -> None:
        self._operations: set[int] = set()
        self._ended: set[int] = set()
        self._nouns: set[str] = set()

    def by(self, query: Query, values: Mapping[str, object]) -> None:
        """A statement was carried out in a body."""
        if query.writes == "operations":
            id = values.get("id")
            if isinstance(id, int):
                self._operations.add(id)
        elif query.writes:
            self._nouns.add(query.writes)

    def at(self, events: Iterable[NewEvent]) -> None:
        """These happened."""
        for event in events:
            if event.operation is not None:
                self._operations.add(event.operation)
                if event.name in ENDS:
                    self._ended.add(event.operation)

    def add(self, touched: Touched) -> None:
        """Somebody else's."""
        self._operations |= touched.operations
        self._ended |= touched.ended
        self._nouns |= touched.nouns

    def told(self) -> Touched:
        """All of it; from now on it counts as told."""
        touched = Touched(frozenset(self._operations), frozenset(self._ended), frozenset(self._nouns))
        self._operations.clear()
        self._ended.clear()
        self._nouns.clear()
        return touched
