import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.model.logs import Line, Lines, dated, shown


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
    assert shown(raw) == text
    assert shown(b"before\n" + raw + b"\nafter") == f"before\n{text}\nafter"


@given(st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), max_size=20))
def test_whatever_bytes_come_there_are_as_many_lines_as_before_and_none_breaks(raw: list[bytes]):
    found = shown(b"\n".join(raw)).split("\n")
    assert len(found) == max(1, len(raw))
    assert all(text.splitlines() in ([text], []) for text in found)
    assert not any("\0" in text for text in found)


def test_lines_that_were_said_at_once_are_each_a_line():
    said = Lines(at=1, source="web-1", text="one\n\ntwo")
    assert said.each() == [Line(at=1, source="web-1", text=text) for text in ("one", "", "two")]


def test_lines_are_dated_in_the_form_that_go_writes():
    assert dated(Line(at=1424052163_930163, source="web-1", text="a  b")) == (
        "2015-02-16 02:02:43.930163000 +0000 UTC [web-1] a  b"
    )
    assert dated(Line(at=0, source="router", text="")) == "1970-01-01 00:00:00.000000000 +0000 UTC [router] "


@given(st.lists(st.text(alphabet="ab ", max_size=3), min_size=1, max_size=5))
def test_lines_that_were_said_at_once_are_dated_each(texts: list[str]):
    lines = Lines(at=7, source="web-1", text="\n".join(texts))
    assert dated(lines).split("\n") == [dated(line) for line in lines.each()]
