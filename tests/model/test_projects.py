"""What a project may be called."""

import pytest

from headway.errors import Invalid
from headway.model.projects import checked_name


@pytest.mark.parametrize("name", ["shop", "Größe 2", "x" * 100])
def test_a_name_is_anything_that_can_be_shown(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\tb", "a\x1bb"])
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        checked_name(name)
