"""What is free."""

import msgspec
import pytest

from headway.errors import PaymentRequired
from headway.model.accounts import Account
from headway.model.apps import ContainerType
from headway.model.free_use import check_formation, check_one_more_app, check_size
from tests.records import AT, a_type

PAYS = Account(1, "carla", "carla@example.com", AT)
FREE = msgspec.structs.replace(PAYS, payment_defined=False)
URL = "http://pay.example.com"


def types(web: int, size: str = "M", worker: int = 0) -> list[ContainerType]:
    return [a_type(amount=web, size=size), a_type(id=7, name="worker", amount=worker)]


def test_the_second_app_is_not_free() -> None:
    check_one_more_app(FREE, 0, URL)
    check_one_more_app(PAYS, 100, URL)
    with pytest.raises(PaymentRequired) as refused:
        check_one_more_app(FREE, 1, URL)
    assert refused.value.url == URL


@pytest.mark.parametrize("after", [types(0), types(1), types(1, "S")])
def test_one_small_or_medium_web_container_is_free(after: list[ContainerType]) -> None:
    check_formation(FREE, types(0), after, URL)


@pytest.mark.parametrize("after", [types(2), types(1, "L"), types(1, worker=1), types(0, worker=1)])
def test_more_is_not(after: list[ContainerType]) -> None:
    check_formation(PAYS, types(0, "S"), after, URL)
    with pytest.raises(PaymentRequired):
        check_formation(FREE, types(0, "S"), after, URL)


def test_a_type_that_is_new_is_not_free() -> None:
    with pytest.raises(PaymentRequired):
        check_formation(FREE, [], types(0, worker=1), URL)


def test_what_is_there_already_may_stay_and_shrink() -> None:
    check_formation(FREE, types(3, "XL", worker=2), types(2, "L", worker=2), URL)
    with pytest.raises(PaymentRequired):
        check_formation(FREE, types(3, "L"), types(3, "XL"), URL)


def test_small_and_medium_one_offs_are_free() -> None:
    check_size(FREE, "S", URL)
    check_size(FREE, "M", URL)
    check_size(PAYS, "2XL", URL)
    with pytest.raises(PaymentRequired):
        check_size(FREE, "L", URL)
