"""The Procfile: tolerant of how it is typed, strict in what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.builders.procfile import parse
from headway.errors import Failure


def refusal(content: bytes) -> str:
    with pytest.raises(Failure) as caught:
        parse(content)
    assert caught.value.code == "build-error"
    return caught.value.text


def test_types_come_in_the_order_of_the_file():
    assert list(parse(b"worker: b\nweb: a:c --x=1\n").processes.items()) == [
        ("worker", "b"),
        ("web", "a:c --x=1"),
    ]


def test_a_mark_at_the_start_foreign_line_ends_blank_lines_and_comments_are_tolerated():
    assert parse(b"\xef\xbb\xbfweb:  a \r\n\r\n # no\r\n  worker : b\rclock: c").processes == {
        "web": "a",
        "worker": "b",
        "clock": "c",
    }


def test_an_empty_file_names_nothing():
    assert parse(b"").processes == {}


def test_every_error_is_told_with_its_line():
    text = refusal(b"web: a\nnonsense\nweb: b\nw b: c\nworker:\n" + b"x" * 25 + b": d\n")
    assert text == (
        "the Procfile is wrong: line 2 is not of the form `name: command`; line 3 names web a second time; "
        "line 4 has a name that is not made of letters and digits: 'w b'; line 5 has no command for worker; "
        "line 6 has a name longer than 24 characters: xxxxxxxxxxxxxxxxxxxxxxxxx"
    )


def test_a_file_that_is_too_large_is_refused():
    assert "too large" in refusal(b"#" * 70_000)


def test_bytes_that_are_not_utf8_are_refused_with_their_line():
    assert "line 2" in refusal(b"web: a\nb: \xff\n")


def test_very_many_errors_are_not_all_told():
    assert refusal(b"x\n" * 500).endswith("; and 480 more")


def test_hyphens_and_underscores_are_taken_with_a_warning():
    read = parse(b"my-worker_1: a\n")
    assert read.processes == {"my-worker_1": "a"}
    assert "my-worker_1 has characters that other platforms refuse" in read.warnings[0]


def test_release_is_said_not_to_be_executed():
    assert "line 1: release is not executed" in parse(b"release: migrate\n").warnings[0]


def test_tcp_is_said_not_to_be_reached_from_outside():
    assert "line 1: tcp gets a PORT" in parse(b"tcp: serve\n").warnings[0]


def test_a_name_of_the_platform_is_refused():
    assert "line 1 has a name that is kept for the platform: one-off" in refusal(b"one-off: a\n")


def test_postdeploy_is_a_process_without_a_warning():
    assert parse(b"postdeploy: migrate\n").warnings == ()


@given(st.binary(max_size=300) | st.text(alphabet="web:- \n\r#\0é", max_size=80).map(str.encode))
def test_nothing_raises_anything_but_a_failure(content):
    try:
        read = parse(content)
    except Failure:
        return
    assert all(name and command for name, command in read.processes.items())
