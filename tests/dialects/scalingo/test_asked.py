"""What most requests name."""

import pytest

from headway.dialects.scalingo.asked import id_of
from headway.errors import NotFound
from headway.ids import show


def test_a_shown_id_is_read_back() -> None:
    assert id_of(show(77), "token") == 77


@pytest.mark.parametrize("shown", ["", "77", "x" * 24, "F" * 24])
def test_what_is_no_id_names_nothing(shown: str) -> None:
    with pytest.raises(NotFound) as refused:
        id_of(shown, "token")
    assert refused.value.noun == "token"
