import pytest

from headway.errors import Invalid
from headway.model.variables import (
    HIDDEN,
    VALUE_LENGTH_MAX,
    Variable,
    checked,
    resolved,
    secrets_of,
    veiled,
)


@pytest.mark.parametrize("name", ["A", "database_url", "9LIVES", "X" * 64])
def test_a_good_name_is_taken(name: str) -> None:
    checked(name, "anything")


@pytest.mark.parametrize("name", ["", "_A", "A-B", "A B", "X" * 65, "É"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked(name, "")
    assert list(caught.value.fields) == ["name"]


@pytest.mark.parametrize("value", ["x" * (VALUE_LENGTH_MAX + 1), "a\0b", HIDDEN])
def test_a_bad_value_is_refused_together_with_a_bad_name(value: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked("-", value)
    assert set(caught.value.fields) == {"name", "value"}


def test_an_alias_is_replaced_by_what_it_names_through_others() -> None:
    assert resolved({"A": "$B", "B": "$C", "C": "end"}) == {"A": "end", "B": "end", "C": "end"}


def test_an_alias_of_nothing_and_a_dollar_within_a_value_stay_as_they_are() -> None:
    as_they_are = {"A": "$NOTHING", "B": "cost: $A"}
    assert resolved(as_they_are) == as_they_are


def test_aliases_in_a_circle_come_to_an_end() -> None:
    assert set(resolved({"A": "$B", "B": "$A"}).values()) <= {"$A", "$B"}


def test_the_values_of_secrets_are_known_through_aliases() -> None:
    known = [Variable(1, 5, "A", "$B", secret=True), Variable(2, 5, "B", "end"), Variable(3, 5, "C", "x")]
    assert secrets_of(known) == {"end"}


def test_secrets_are_taken_out_of_a_text_the_longer_ones_first_and_line_by_line() -> None:
    secrets = ["hunter2", "hunter2-and-more", "BEGIN KEY\nabcdef\nEND KEY\n", "abc"]
    text = "say hunter2-and-more, hunter2; abc, and BEGIN KEY abcdef"
    assert veiled(text, secrets) == f"say {HIDDEN}, {HIDDEN}; abc, and {HIDDEN} {HIDDEN}"
