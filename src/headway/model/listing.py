"""What somebody searches for in a list: bounds, an order, how many; and a page of what was found."""

from collections.abc import Mapping
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")
MAX = (1 << 63) - 1
HIGHEST = "~"
"""Comes behind every id that is shown."""


class Bounds(msgspec.Struct, frozen=True):
    """From `least` to `most`, both included. As they are by default they hold for what is not there, too."""

    least: int = -1
    most: int = MAX


ANY = Bounds()
Order = tuple[tuple[str, bool], ...]
"""Names, each with whether it is sorted downwards."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What of a list is wanted: which ids, from when to when, in which order, how many."""

    ids: Bounds = ANY
    times: Mapping[str, Bounds] = {}
    """By name; numbers may be among them."""
    order: Order = ()
    count: int = 50

    def values(self, *times: str) -> dict[str, object]:
        """Its bounds by the names that statements have for them."""
        found: dict[str, object] = {
            "id_least": self.ids.least,
            "id_most": self.ids.most,
            "count": self.count,
        }
        for name in times:
            bounds = self.times.get(name, ANY)
            found |= {f"{name}_least": bounds.least, f"{name}_most": bounds.most}
        return found


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """Between which texts, byte by byte."""

    gt: str = ""
    gte: str = ""
    lt: str = HIGHEST
    lte: str = HIGHEST


class Page(msgspec.Struct, Generic[T], frozen=True):
    """What was found, up to as many as were wanted."""

    items: list[T]
    has_more: bool
    """Whether there is at least one more."""


def one_more(search: Search) -> Search:
    """The same for one more than is wanted: by that it is seen whether there are more."""
    return msgspec.structs.replace(search, count=search.count + 1)


def page_of(found: list[T], count: int) -> Page[T]:
    """The page, of what was found when one more was searched for."""
    return Page(found[:count], len(found) > count)
