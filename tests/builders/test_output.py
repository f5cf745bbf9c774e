"""What a build says."""

import pytest

from headway.builders.output import Output


@pytest.fixture
def said():
    return []


def test_each_kind_of_line_has_its_own_start(said):
    output = Output(said.append, 100)
    output.step("a")
    output.detail("b")
    output.detail("")
    output.warning("c")
    output.error("d")
    assert said == ["-----> a", "       b", "", " !     Warning: c", " !     d"]


def test_a_line_waits_for_its_end(said):
    output = Output(said.append, 100)
    output.take(b"a\nb")
    assert said == ["       a"]
    output.take("é".encode()[:1])
    output.take("é".encode()[1:] + b"c")
    output.end()
    output.end()
    assert said == ["       a", "       béc"]


def test_a_line_without_end_comes_in_pieces(said):
    output = Output(said.append, 1 << 20)
    output.take(b"x" * 40_000)
    output.end()
    assert [len(line) - 7 for line in said] == [16384, 16384, 40_000 - 32768]


def test_over_the_limit_one_line_says_so_and_steps_go_on(said):
    output = Output(said.append, 10)
    for _ in range(5):
        output.take(b"12345\n")
    output.step("next")
    assert said == [
        "       12345",
        " !     there is too much output, the rest of it is left out",
        "-----> next",
    ]


def test_what_cannot_be_kept_as_text_is_replaced(said):
    output = Output(said.append, 100)
    output.take(b"a\0b\xff\n10%\r20%\r\n")
    assert said == ["       a\ufffdb\ufffd", "       20%"]


def test_secrets_are_not_told_wherever_a_piece_ends(said):
    output = Output(said.append, 1 << 20, ["hunter2"])
    output.step("with hunter2")
    output.take(b"a hunt")
    output.take(b"er2 \xff\n" + b"x" * 16380 + b"hunt")
    output.take(b"er2 and more")
    output.end()
    output.error("it was hunter2")
    assert said[0] == "-----> with ********"
    assert said[1] == "       a ******** \ufffd"
    assert "hunter2" not in "".join(line.strip() for line in said)
    assert said[-1] == " !     it was ********"
