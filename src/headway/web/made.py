"""What is made of a record, made once while the same record is asked for again and again."""

from collections.abc import Callable
from typing import Generic, TypeVar

R = TypeVar("R")
M = TypeVar("M")

_MADE_MAX = 32


class Made(Generic[R, M]):
    """Remembers what `make` made of the last 32 records. The same record is the same object, not an equal one."""

    def __init__(self, make: Callable[[R], M]) -> None:
        self._make = make
        self._made: dict[int, tuple[R, M]] = {}

    def of(self, record: R) -> M:
        """What `make` makes of the record."""
        found = self._made.get(id(record))
        # The record is kept with it, so its id can mean no other one.
        if found is not None:
            return found[1]
        made = self._make(record)
        if len(self._made) >= _MADE_MAX:
            del self._made[next(iter(self._made))]
        self._made[id(record)] = record, made
        return made
