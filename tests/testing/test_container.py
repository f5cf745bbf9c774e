"""What a container without a process has said; how it lives is tried with the runtimes, in their suite."""

from headway.testing.container import Text


def test_places_count_from_the_first_byte_also_when_the_beginning_is_forgotten() -> None:
    text = Text()
    text.add(b"one")
    text.add(b"two")
    assert text.since(0) == ([b"one", b"two"], 8)
    text.forget(4)
    assert text.since(0) == ([b"two"], 8)
    assert text.since(8) == ([], 8)
    assert text.last() == "one\ntwo"


def test_a_long_line_comes_in_pieces() -> None:
    text = Text()
    text.add(b"x" * (40 << 10))
    pieces, end = text.since(0)
    assert [len(it) for it in pieces] == [16 << 10, 16 << 10, 8 << 10]
    assert end == (40 << 10) + 1
