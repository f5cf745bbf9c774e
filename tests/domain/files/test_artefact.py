"""As what a file can be exported, and that it really is that."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from headway.domain.files.artefact import Artefact, artefact_of, paths, write
from headway.errors import Invalid
from headway.model.files import File, Kind
from headway.store.blobs import Sink

TEXT = File(1, 9, 0, "notes.txt", Kind.DOCUMENT, "text/plain", "d", 3, 0, 5)
FOLDER = File(2, 9, 0, "top", Kind.FOLDER, "", "", 0, 0, 5)


def below(id: int, name: str, container: int = 2, kind: Kind = Kind.DOCUMENT) -> File:
    digest = "" if kind is Kind.FOLDER else f"d{id}"
    return File(id, 9, container, name, kind, "text/plain", digest, 3, 0, 5)


@pytest.mark.parametrize(
    ("file", "format", "made"),
    [
        (TEXT, "", Artefact(name="notes.txt", media="text/plain")),
        (TEXT, "xhtml", Artefact(name="notes.xhtml", media="application/xhtml+xml")),
        (FOLDER, "", Artefact(name="top.zip", media="application/zip")),
        (below(3, ".hidden"), "xhtml", Artefact(name=".hidden.xhtml", media="application/xhtml+xml")),
    ],
)
def test_what_can_be_made(file: File, format: str, made: Artefact) -> None:
    assert artefact_of(file, format) == made


@pytest.mark.parametrize(("file", "format"), [(TEXT, "pdf"), (TEXT, "csv"), (TEXT, "gif"), (FOLDER, "pdf")])
def test_what_cannot_be_made_is_refused(file: File, format: str) -> None:
    with pytest.raises(Invalid):
        artefact_of(file, format)


def test_a_table_as_what_it_is() -> None:
    table = msgspec.structs.replace(TEXT, name="t.csv", media="text/csv", kind=Kind.SPREADSHEET)
    assert artefact_of(table, "csv") == Artefact(name="t.csv", media="text/csv")
    with pytest.raises(Invalid):
        artefact_of(table, "xlsx")


def written(tree: list[File], format: str, tmp_path: Path) -> bytes:
    out = io.BytesIO()
    sink = Sink(out, 1 << 20)
    write(tree, artefact_of(tree[0], format), lambda digest: tmp_path / digest, sink, lambda: None)
    return out.getvalue()


def test_a_zip_holds_the_whole_folder_and_is_always_the_same(tmp_path: Path) -> None:
    tree = [FOLDER, below(4, "in", kind=Kind.FOLDER), below(3, "a.txt"), below(5, "a.txt"), below(6, "b", 4)]
    for file in tree:
        if file.digest:
            (tmp_path / file.digest).write_bytes(f"{file.id}\n".encode())
    made = written(tree, "", tmp_path)
    assert made == written(tree, "", tmp_path)
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["top/", "top/in/", "top/a.txt", "top/a (2).txt", "top/in/b"]
        assert opened.read("top/a (2).txt") == b"5\n"


def test_no_two_paths_are_the_same() -> None:
    tree = [FOLDER, below(3, "a (2)"), below(4, "a"), below(5, "a", kind=Kind.FOLDER), below(6, "a")]
    assert paths(tree) == ["top/", "top/a (2)", "top/a", "top/a (3)/", "top/a (4)"]


def test_text_becomes_well_formed_xhtml(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes("a <b> & ü\r\n\x00\x1b".encode() + b"\xff")
    root = ET.fromstring(written([TEXT], "xhtml", tmp_path))
    assert "a <b> & ü" in "".join(root.itertext())


def test_a_file_as_what_it_is_is_its_content(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"\x00\xff")
    assert written([TEXT], "", tmp_path) == b"\x00\xff"
