import pytest

from headway.errors import Stale
from headway.model.versions import check_match, version_of


def test_another_value_has_another_version() -> None:
    assert version_of([1]) == version_of([1]) != version_of([2])


@pytest.mark.parametrize("wanted", ["", "*", f'"{version_of([1])}"', f'"x", "{version_of([1])}"'])
def test_what_is_still_the_same_may_be_changed(wanted: str) -> None:
    check_match(wanted, [1])


def test_what_has_changed_meanwhile_may_not() -> None:
    with pytest.raises(Stale):
        check_match(f'"{version_of([1])}"', [2])
