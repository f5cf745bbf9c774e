"""What an account may be called, and open by."""

import pytest

from headway.errors import Invalid
from headway.model.accounts import checked_name, checked_password, checked_words


@pytest.mark.parametrize("name", ["a", "Carla", "carla.c-1_2", "x" * 64])
def test_a_name_is_letters_digits_and_a_few_marks(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a b", "a:b", "a@b", "é", "x" * 65, "a\n"])
def test_a_name_that_would_not_go_through_basic_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_name(name)
    assert set(refused.value.fields) == {"username"}


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1025, "tk-us-and-so-on"])
def test_a_password_that_is_too_short_or_like_a_token_is_refused_without_being_told(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_password(password)
    assert set(refused.value.fields) == {"password"}
    assert len(password) < 6 or password not in str(refused.value)


def test_a_password_may_hold_anything() -> None:
    assert checked_password("correct horse \x00 ü : staple") == "correct horse \x00 ü : staple"


def test_words_that_cannot_be_shown_are_refused_by_field() -> None:
    checked_words(company="", location="Zürich")
    with pytest.raises(Invalid) as refused:
        checked_words(company="a\nb", location="Zürich", fullname="x" * 201)
    assert set(refused.value.fields) == {"company", "fullname"}
