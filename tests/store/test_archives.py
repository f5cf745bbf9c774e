import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from headway.model.logs import Lines, dated
from headway.store import archives as module
from headway.store import segments
from headway.store.archives import Archives
from headway.store.segments import Record

LIMIT = 1 << 20


def segment(folder: Path, *lines: Lines) -> Path:
    """A whole segment, with a record for each of the lines."""
    file = folder / "segment"
    file.write_bytes(b"".join(segments.encode(Record({"unit": it.at}, [it])) for it in lines))
    return file


def said(at: int, text: str = "hello") -> Lines:
    return Lines(at=at, source="web-1", text=text)


def text_of(archives: Archives, number: int) -> str:
    file = archives.file(number)
    assert file is not None
    return gzip.decompress(file.read_bytes()).decode()


def numbers(archives: Archives) -> Sequence[int]:
    return [it.number for it in archives.archives()]


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    return Archives(tmp_path / "archived", bytes_max=LIMIT)


def test_an_archive_holds_the_dated_lines_of_its_segment_and_tells_their_times(
    archives: Archives, tmp_path: Path
):
    lines = [said(7_000_000, "one\ntwo"), said(5_000_000, "ü␀\x1b[31m"), said(9_000_000)]
    archives.put(3, segment(tmp_path, *lines))
    archives.pack(0)
    (archive,) = archives.archives()
    assert (archive.number, archive.first, archive.last) == (3, 5_000_000, 9_000_000)
    assert text_of(archives, 3) == "".join(f"{dated(it)}\n" for it in lines)
    assert archive.size == (archives.file(3) or tmp_path).stat().st_size


def test_what_was_put_away_is_no_archive_until_it_is_packed_and_its_segment_goes_then(
    archives: Archives, tmp_path: Path
):
    archives.put(1, segment(tmp_path, said(1)))
    assert numbers(archives) == []
    archives.pack(0)
    archives.pack(0)
    assert numbers(archives) == [1]
    assert [it.suffix for it in (tmp_path / "archived").iterdir()] == [".gz"]


def test_the_newest_are_listed_first(archives: Archives, tmp_path: Path):
    for number in (1, 12, 3):
        archives.put(number, segment(tmp_path, said(number)))
    archives.pack(0)
    assert numbers(archives) == [12, 3, 1]


def test_a_segment_without_lines_leaves_no_archive(archives: Archives, tmp_path: Path):
    (tmp_path / "segment").write_bytes(segments.encode(Record({"unit": 7}, [])))
    archives.put(1, tmp_path / "segment")
    archives.pack(0)
    assert list((tmp_path / "archived").iterdir()) == []


def test_an_app_that_never_put_anything_away_has_none(archives: Archives):
    archives.pack(0)
    assert numbers(archives) == []
    assert archives.file(1) is None


class _Death(Exception):
    pass


@pytest.mark.parametrize("step", ["_write", "_name"])
def test_a_death_while_archiving_neither_loses_nor_doubles(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
):
    archives.put(1, segment(tmp_path, said(1)))

    def die(*_: object) -> None:
        (tmp_path / "archived" / "000000000001.new").write_bytes(b"half of")
        raise _Death

    with monkeypatch.context() as patch:
        patch.setattr(module, step, die)
        with pytest.raises(_Death):
            archives.pack(0)
    archives.pack(0)
    assert numbers(archives) == [1]
    assert text_of(archives, 1) == f"{dated(said(1))}\n"


def test_a_death_before_the_segment_goes_does_not_list_it_twice(archives: Archives, tmp_path: Path):
    archives.put(1, segment(tmp_path, said(1)))
    copy = (tmp_path / "archived" / "000000000001.log").read_bytes()
    archives.pack(0)
    (tmp_path / "archived" / "000000000001.log").write_bytes(copy)
    assert numbers(archives) == [1]
    archives.pack(0)
    assert numbers(archives) == [1]
    assert len(list((tmp_path / "archived").iterdir())) == 1


def test_what_is_too_old_goes(archives: Archives, tmp_path: Path):
    for number in (1, 2, 3):
        archives.put(number, segment(tmp_path, said(10 * number)))
    archives.pack(20)
    assert numbers(archives) == [3, 2]


def test_the_oldest_go_when_they_are_too_many(tmp_path: Path):
    alone = Archives(tmp_path / "alone", bytes_max=LIMIT)
    alone.put(1, segment(tmp_path, said(1)))
    alone.pack(0)
    room_for_two = Archives(tmp_path / "archived", bytes_max=alone.archives()[0].size * 5 // 2)
    for number in range(1, 6):
        room_for_two.put(number, segment(tmp_path, said(number)))
        room_for_two.pack(0)
    assert numbers(room_for_two) == [5, 4]


def test_where_none_are_wanted_what_is_put_away_is_gone(tmp_path: Path):
    nothing = Archives(tmp_path / "archived", bytes_max=0)
    file = segment(tmp_path, said(1))
    nothing.put(1, file)
    nothing.pack(0)
    assert not file.exists()
    assert not (tmp_path / "archived").exists()


def test_segments_that_cannot_be_archived_do_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "no space left")

    archives = Archives(tmp_path / "archived", bytes_max=300)
    monkeypatch.setattr(module, "_write", full)
    for number in range(1, 9):
        archives.put(number, segment(tmp_path, said(number)))
    with pytest.raises(OSError, match="no space"):
        archives.pack(0)
    kept = sorted(file.name for file in (tmp_path / "archived").iterdir())
    assert kept[-1] == "000000000008.log"
    assert sum(file.stat().st_size for file in (tmp_path / "archived").iterdir()) <= 300
