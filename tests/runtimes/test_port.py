import pytest

from headway.runtimes.port import Output


@pytest.mark.parametrize(
    ("text", "lines"), [(b"", []), (b"\n", [b""]), (b"one\n\ntwo\n", [b"one", b"", b"two"])]
)
def test_output_tells_its_lines_without_their_newlines(text: bytes, lines: list[bytes]):
    assert Output(unit="u1", app_id="a", label="web-1", text=text, end=len(text)).lines == lines
