import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.model.logs import texts


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        (b"", ""),
        ("süß 日本 🚀".encode(), "süß 日本 🚀"),
        (b"windows\r", "windows"),
        (b"10%\r20%", "10%␍20%"),
        (b"nul\x00bell\x07del\x7f", "nul␀bell␇del␡"),
        (b"\x1b[31mred\x1b[0m\ttab", "\x1b[31mred\x1b[0m\ttab"),
        (b"\xff\xfe half \xe2\x82", "�� half �"),
        ("c1\x85 line\u2028 paragraph\u2029".encode(), "c1� line\u2424 paragraph\u2424"),
    ],
)
def test_a_line_is_shown_so_that_it_stays_one_line(raw: bytes, text: str):
    assert texts([raw]) == [text]
    assert texts([b"before", raw, b"after"]) == ["before", text, "after"]


@given(st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), max_size=20))
def test_whatever_bytes_come_there_are_as_many_lines_as_before_and_none_breaks(raw: list[bytes]):
    found = texts(raw)
    assert len(found) == len(raw)
    assert all(text.splitlines() in ([text], []) for text in found)
    assert not any("\0" in text for text in found)


def test_a_newline_inside_makes_two_lines():
    assert texts([b"one\ntwo"]) == ["one", "two"]
