"""Queries and bodies, as clients of Toloka send them."""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from starlette.datastructures import QueryParams

from headway.dialects.toloka import asked
from headway.dialects.toloka.asked import Query, Wish
from headway.errors import Malformed, NotFound, TooLarge
from headway.ids import show
from headway.model.fields import WrongFields
from headway.model.listing import ANY, MAX, Bounds
from headway.web.ask import Ask

SECOND = 1_000_000


class Asked:
    """The parts of a request that are read."""

    def __init__(self, query: str = "", body: bytes = b"", **params: str) -> None:
        self.query = QueryParams(query)
        self.params = params
        self.world = self
        self.config = self
        self.body_bytes_max = self.batch_bytes_max = 100
        self._body = body

    async def chunks(self) -> Any:
        yield self._body


def asking(query: str = "", body: bytes = b"", **params: str) -> Ask:
    return cast(Ask, Asked(query, body, **params))


def wrong(read: Callable[[Query], Any], query: str) -> dict[str, str]:
    it = Query(asking(query))
    read(it)
    return {name: error.code for name, error in it.errors.items()}


def test_ids_are_compared_as_people_see_them() -> None:
    one = show(1 << 40)
    assert Query(asking(f"id_gte={one}&id_lte={one}")).ids() == Bounds(1 << 40, 1 << 40)
    assert Query(asking(f"id_gt={one}&id_lt={one}")).ids() == Bounds((1 << 40) + 1, (1 << 40) - 1)
    assert Query(asking("id_gt=")).ids() == ANY
    everything, nothing = Query(asking("id_gt=!")).ids(), Query(asking("id_gt=x")).ids()
    assert (everything.least, everything.most) == (0, MAX)
    assert nothing.least > 1 << 62


def test_times_count_as_they_are_shown() -> None:
    def times(query: str) -> Bounds:
        return Query(asking(query)).times("created")["created"]

    shown = "1970-01-01T00:00:01.500"
    exact = Bounds(SECOND + 500_000, SECOND + 500_999)
    assert times(f"created_gte={shown}&created_lte={shown}") == exact
    assert times(f"created_gt={shown}") == Bounds(exact.most + 1, MAX)
    assert times(f"created_lt={shown}") == Bounds(0, exact.least - 1)
    assert times("created_gte=1970-01-01T01:00:00+01:00") == Bounds(0, MAX)
    assert Query(asking("")).times("created") == {}


def test_numbers_have_bounds_too() -> None:
    assert Query(asking("overlap_gte=2&overlap_lt=5")).numbers("overlap") == Bounds(2, 4)
    assert Query(asking("overlap_gt=2&overlap_lte=5")).numbers("overlap") == Bounds(3, 5)
    assert Query(asking("")).numbers("overlap") == ANY


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "value-out-of-bounds"),
        ("limit=501", "value-out-of-bounds"),
        ("limit=-1", "value-out-of-bounds"),
        ("limit=x", "integer-expected"),
        ("sort=color", "unknown-enum-value"),
        ("sort=id,-id", "unknown-enum-value"),
        ("created_gt=soon", "invalid-date-time-syntax"),
    ],
)
def test_what_a_search_cannot_mean_is_told_of_its_parameter(query: str, code: str) -> None:
    def read(it: Query) -> None:
        it.search(times=("created",), sorts=("id", "created"), default=5, most=500)

    assert wrong(read, query) == {query.partition("=")[0]: code}


def test_words_stand_for_something() -> None:
    table = {"A": 1, "B": 2}
    assert Query(asking("status=A")).among("status", table) == 1
    assert Query(asking("status=A,B")).several("status", table) == (1, 2)
    assert wrong(lambda it: it.among("status", table), "status=C") == {"status": "unknown-enum-value"}
    assert wrong(lambda it: it.several("status", table), "status=A,C") == {"status": "unknown-enum-value"}
    assert wrong(lambda it: it.flag("deep"), "deep=maybe") == {"deep": "unknown-enum-value"}
    assert Query(asking(f"pool_id={show(7)}")).id("pool_id") == 7
    assert Query(asking("pool_id=nothing")).id("pool_id") == 0
    assert Query(asking("")).id("pool_id") is None


def test_an_order_has_keys_and_directions() -> None:
    assert Query(asking("sort=-finished,id")).order("id", "finished") == (("finished", True), ("id", False))


def test_an_operation_id_is_a_uuid_and_counts_only_where_there_is_an_operation() -> None:
    id = "6F9619FF-8B86-D011-B42D-00CF4FC964FF"
    assert Wish(asking(f"async_mode=true&operation_id={id}")).operation_id == id.lower()
    assert Wish(asking("async_mode=true")).operation_id == ""
    assert Wish(asking("operation_id=nonsense")).operation_id == ""
    for nonsense in ("nonsense", id.replace("-", "")):
        with pytest.raises(WrongFields):
            Wish(asking(f"async_mode=true&operation_id={nonsense}"))


async def test_bodies_are_objects_or_lists_of_them() -> None:
    assert await asked.object_of(asking(body=b'{"a":1}')) == {"a": 1}
    assert await asked.objects_of(asking(body=b'{"a":1}')) == ([{"a": 1}], True)
    assert await asked.objects_of(asking(body=b'[{"a":1}]')) == ([{"a": 1}], False)
    for body in (b"", b"null", b"7", b"[]", b"[1]", json.dumps("x").encode()):
        with pytest.raises(WrongFields):
            await asked.objects_of(asking(body=body))
    with pytest.raises(WrongFields):
        await asked.object_of(asking(body=b"[]"))
    with pytest.raises(Malformed):
        await asked.object_of(asking(body=b'{"a":NaN}'))
    with pytest.raises(TooLarge):
        await asked.object_of(asking(body=b" " * 101))


def test_an_id_that_nothing_is_shown_as_leads_nowhere() -> None:
    assert asked.id_of(asking(id=show(7)), "pool") == 7
    with pytest.raises(NotFound):
        asked.id_of(asking(id="x"), "pool")
