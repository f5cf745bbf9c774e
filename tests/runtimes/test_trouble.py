"""What the machine refused, in our words."""

import errno

import pytest

from headway.errors import Failure, Retry
from headway.runtimes.trouble import as_trouble


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_failure_with_its_own_code(number):
    trouble = as_trouble(OSError(number, "full"), "web-1")

    assert isinstance(trouble, Failure)
    assert trouble.code == "no-space"
    assert "web-1" in str(trouble)


def test_any_other_trouble_passes():
    trouble = as_trouble(OSError(errno.EMFILE, "too many files"), "web-1")

    assert isinstance(trouble, Retry)
    assert "web-1" in str(trouble)
    assert "too many files" in str(trouble)


@pytest.mark.parametrize("trouble", [Failure("no-sandbox", "none"), Retry("later")])
def test_what_is_said_in_our_words_already_stays_as_it_is(trouble):
    assert as_trouble(trouble, "web-1") is trouble
