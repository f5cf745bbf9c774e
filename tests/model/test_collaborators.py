"""Addresses of collaborators."""

import pytest

from headway.errors import Invalid
from headway.model.collaborators import checked_email


def test_an_address_is_kept_in_lower_case() -> None:
    assert checked_email("Some.One@Example.COM") == "some.one@example.com"


@pytest.mark.parametrize(
    "wrong", ["", "nobody", "two@at@signs", "a space@x.example", "a@x\n", "x" * 250 + "@x.example"]
)
def test_what_cannot_be_an_address_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_email(wrong)
    assert set(refused.value.fields) == {"email"}
