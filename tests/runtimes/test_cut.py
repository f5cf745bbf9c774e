"""How an output file stands that its app cuts off."""

import os

import pytest

from headway.runtimes import cut
from headway.runtimes.cut import Cut
from headway.runtimes.unit_folder import State, UnitFolder, Wanted
from tests.runtimes.bench import unit


@pytest.fixture
def folder(tmp_path):
    made = UnitFolder(tmp_path / "u1")
    made.begin(Wanted(unit=unit(tmp_path, "u1"), port=None, user=None), State())
    return made


@pytest.fixture
def descriptor(folder):
    opened = os.open(folder.out, os.O_RDWR)
    yield opened
    os.close(opened)


def test_output_is_whole_until_it_is_cut_off(folder, descriptor):
    folder.say("one")
    assert folder.cut().is_whole(descriptor)
    folder.out.write_bytes(b"two")

    assert not folder.cut().is_whole(descriptor)


def test_the_mark_comes_at_the_end(folder, descriptor):
    folder.out.write_bytes(b"one\n")
    made = cut.mark(folder.out, 70)

    assert made == Cut(base=70, mark=4, before=b"one\n")
    assert made.is_whole(descriptor)


@pytest.mark.parametrize(
    ("text", "is_overwritten"),
    [(b"one\ntwo\n", True), (b"\0\0e\ntwo\n", True), (b"one\n", False), (b"another\n", False), (b"", False)],
)
def test_a_mark_that_was_written_over_is_told_from_a_cut(folder, descriptor, text, is_overwritten):
    folder.out.write_bytes(b"one\n")
    made = cut.mark(folder.out, 0)
    folder.out.write_bytes(text)

    assert not made.is_whole(descriptor)
    assert made.is_overwritten(descriptor) == is_overwritten
