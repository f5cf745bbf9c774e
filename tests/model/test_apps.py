import pytest

from headway.errors import Invalid, NotFound
from headway.model import apps
from headway.model.apps import Change, Container, ContainerType
from headway.model.sizes import SIZES

WEB = ContainerType(1, 1, "web", 1, "M", "")
CLOCK = ContainerType(2, 1, "clock", 0, "S", "")


@pytest.mark.parametrize("name", ["hello-world", "abcdef", "a1-b2-c3"])
def test_a_good_name_is_taken(name: str) -> None:
    assert apps.checked_name(name, 32) == name


@pytest.mark.parametrize(
    "name", ["hello", "x" * 33, "Hello-World", "-hello-world", "hello--world", "hello_world", "héllo-world"]
)
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        apps.checked_name(name, 32)
    assert list(caught.value.fields) == ["name"]


def test_every_fault_of_a_name_is_told() -> None:
    with pytest.raises(Invalid) as caught:
        apps.checked_name("A", 32)
    assert len(caught.value.fields["name"]) == 2


def test_a_reserved_name_is_refused() -> None:
    with pytest.raises(Invalid, match="reserved"):
        apps.checked_name("collaboration", 32)


def test_what_a_change_does_not_name_stays_as_it_was() -> None:
    after = apps.changed([WEB, CLOCK], [Change(name="web", amount=3), Change(name="clock", size="XL")], 10)
    assert [(it.name, it.amount, it.size) for it in after] == [("web", 3, "M"), ("clock", 0, "XL")]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (Change(name="worker", amount=1), NotFound),
        (Change(name="web", amount=11), Invalid),
        (Change(name="web", amount=-1), Invalid),
        (Change(name="web", size="XXXL"), Invalid),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: Change, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        apps.changed([WEB], [change], 10)


def test_a_first_deployment_starts_one_web_and_nothing_else() -> None:
    assert [apps.initial_amount(type) for type in ("web", "worker")] == [1, 0]
    assert [apps.listens(type) for type in ("web", "worker")] == [True, False]
    assert apps.initial_size() in SIZES


def test_a_container_is_called_by_its_type_and_index() -> None:
    assert Container(1, 1, "web", 2, "M", 1, 0).label == "web-2"


def test_web_and_tcp_listen_and_only_web_is_routed() -> None:
    types = ("web", "tcp", "worker")
    assert [apps.listens(it) for it in types] == [True, True, False]
    assert [apps.is_routed(it) for it in types] == [True, False, False]
    assert [apps.initial_amount(it) for it in types] == [1, 0, 0]
