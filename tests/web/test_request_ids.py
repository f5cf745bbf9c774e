"""Ids that are sane are kept; others are ours, and no two alike."""

import pytest

from headway.web.request_ids import RequestIds


def test_a_sane_id_is_kept() -> None:
    assert RequestIds().of(b"abc-1:2.3_4") == b"abc-1:2.3_4"


@pytest.mark.parametrize("given", [b"", b"a b", b"x" * 65, b"\xe9", b"<script>", b"a\r\nb"])
def test_another_is_replaced(given: bytes) -> None:
    made = RequestIds().of(given)
    assert len(made) == 32
    int(made, 16)


def test_no_two_are_alike_not_even_of_two_platforms() -> None:
    one, other = RequestIds(), RequestIds()
    assert len({made for ids in (one, other) for made in (ids.of(b""), ids.of(b""))}) == 4
