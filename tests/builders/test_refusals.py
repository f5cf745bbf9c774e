"""How a builder says no."""

import errno

import pytest

from headway.builders.refusals import disk_full_told, shown
from headway.errors import Failure


def test_a_name_from_outside_is_safe_to_show():
    assert shown("a\x1b[31m\nb\u202e") == "a\\x1b[31m\\nb\\u202e"
    assert shown(b"\xff") == "\\xff"
    assert len(shown("x" * 5000)) == 120


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told(number):
    with pytest.raises(Failure) as caught, disk_full_told():
        raise OSError(number, "full")
    assert caught.value.code == "no-space"


def test_another_trouble_passes():
    with pytest.raises(PermissionError), disk_full_told():
        raise PermissionError
