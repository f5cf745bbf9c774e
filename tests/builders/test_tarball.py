"""A tar stream, entry by entry."""

import io
import tarfile

import pytest

from headway.builders.tarball import Entry, Kind, Tarball
from headway.errors import Failure
from tests.builders.archives import folder, link, member, pax


def entries(*members: bytes) -> list[Entry]:
    return list(Tarball(io.BytesIO(b"".join(members) + bytes(1024))).entries())


def test_each_kind_is_told():
    found = entries(folder("a"), member("a/b", content=b"xyz", mode=0o755), link("a/c", "b"))
    assert [(entry.name, entry.kind, entry.size) for entry in found] == [
        ("a/", Kind.FOLDER, 0),
        ("a/b", Kind.FILE, 3),
        ("a/c", Kind.LINK, 0),
    ]
    assert (found[1].executable, found[2].target) == (True, "b")


def test_content_that_is_not_read_is_passed_over():
    tarball = Tarball(io.BytesIO(member("a", content=b"x" * 1000) + member("b", content=b"y") + bytes(1024)))
    contents = {entry.name: b"".join(tarball.content()) for entry in tarball.entries() if entry.name == "b"}
    assert contents == {"b": b"y"}


def test_a_global_header_changes_no_name():
    assert [
        each.name for each in entries(pax({"comment": b"sha", "path": b"evil"}, tarfile.XGLTYPE), member("a"))
    ] == ["a"]


def test_a_header_for_one_entry_is_not_used_for_the_next():
    assert [each.name for each in entries(pax({"path": b"long"}), member("a"), member("b"))] == ["long", "b"]


def test_a_name_that_ends_with_a_slash_is_a_folder_in_old_archives():
    assert entries(member("a/", tarfile.AREGTYPE))[0].kind is Kind.FOLDER


@pytest.mark.parametrize(
    "body",
    [b"x", b"5 a=b", b"99 a=b\n", b"0 a=b\n", b"-1 a=b\n", b"7 abcd\n", b"999999999999999999999 a=b\n"],
)
def test_a_wrong_pax_header_is_refused(body):
    with pytest.raises(Failure, match="damaged"):
        entries(member("x", tarfile.XHDTYPE, body), member("a"))


def test_an_unknown_kind_is_refused():
    with pytest.raises(Failure, match="unknown kind"):
        entries(member("a", b"Z"))
