import pytest

from headway.errors import Invalid
from headway.model.workers import NAME_LENGTH_MAX, checked_name


@pytest.mark.parametrize("name", ["ann", "7", "ann.b_c-d@example.com", "a" * NAME_LENGTH_MAX])
def test_a_name_is_one(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name", ["", " ann", "ann b", "ann/b", ".ann", "än", "a\n", "a" * (NAME_LENGTH_MAX + 1)]
)
def test_a_name_is_none(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_name(name)
    assert list(refused.value.fields) == ["name"]
