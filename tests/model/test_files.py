"""The rules for files."""

import msgspec
import pytest

from headway.errors import Invalid
from headway.model.files import File, Kind, checked_media, checked_name, content, height, kind_of

TOP = File(1, 9, 0, "top", Kind.FOLDER, "", "", 0, 0, 5)


def below(id: int, container_id: int, digest: str = "") -> File:
    kind = Kind.OTHER if digest else Kind.FOLDER
    return msgspec.structs.replace(TOP, id=id, container_id=container_id, digest=digest, size=id, kind=kind)


@pytest.mark.parametrize("name", ["a", "Q3 report.csv", "ü" * 255, "...", "a\u00a0b".replace("\u00a0", " ")])
def test_a_name(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "  ", "a/b", "a\nb", "a\0b", "\x1b[31m", "\u202egpj", ".", "..", "a" * 256]
)
def test_no_name(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_name(name)
    assert set(refused.value.fields) == {"name"}


def test_a_media_type_is_kept_plain() -> None:
    assert checked_media("Text/CSV; charset=utf-8") == "text/csv"
    assert checked_media("") == "application/octet-stream"


@pytest.mark.parametrize("media", ["csv", "/csv", "text/", "text/c v", "text/ü", "a/" + "b" * 100])
def test_no_media_type(media: str) -> None:
    with pytest.raises(Invalid):
        checked_media(media)


def test_what_a_file_is_taken_for() -> None:
    kinds = {"text/csv": Kind.SPREADSHEET, "text/plain": Kind.DOCUMENT, "application/pdf": Kind.DOCUMENT}
    assert {media: kind_of(media) for media in kinds} == kinds
    assert kind_of("image/png") is Kind.OTHER


def test_how_high_a_tree_is() -> None:
    assert height([TOP]) == 1
    assert height([TOP, below(2, 1), below(3, 1), below(4, 3)]) == 3


def test_a_content_counts_once() -> None:
    assert content([TOP, below(2, 1, "d"), below(2, 1, "d"), below(3, 1, "e")]) == {"d": 2, "e": 3}
