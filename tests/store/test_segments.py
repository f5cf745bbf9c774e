from pathlib import Path

import pytest

from headway.model.logs import Lines
from headway.store import segments
from headway.store.segments import Record


def record(number: int, text: str = "x") -> Record:
    return Record({f"u{number}": number}, [Lines(at=number, source="web-1", text=text)])


def written(file: Path, *records: Record) -> int:
    return file.write_bytes(b"".join(map(segments.encode, records)))


def test_records_are_read_in_order_and_backwards(tmp_path: Path):
    size = written(tmp_path / "a", *(record(n) for n in range(5)))
    forward, end = segments.forward(tmp_path / "a", 0, size)
    assert forward == [record(n) for n in range(5)]
    assert end == size
    assert list(segments.backward(tmp_path / "a", size)) == forward[::-1]


def test_a_record_larger_than_a_block_is_read_whole_from_both_ends(tmp_path: Path):
    large = record(1, "x" * 3 * segments.BLOCK_BYTES)
    size = written(tmp_path / "a", record(0), large, record(2))
    assert list(segments.backward(tmp_path / "a", size)) == [record(2), large, record(0)]
    first, end = segments.forward(tmp_path / "a", 0, size)
    second, end = segments.forward(tmp_path / "a", end, size)
    third, end = segments.forward(tmp_path / "a", end, size)
    assert (first, second, third, end) == ([record(0)], [large], [record(2)], size)


def test_a_bit_that_turned_hides_the_record_and_nothing_before_it(tmp_path: Path):
    file = tmp_path / "a"
    size = written(file, record(0), record(1))
    data = bytearray(file.read_bytes())
    data[size - 6] ^= 1
    file.write_bytes(data)
    assert segments.forward(file, 0, size)[0] == [record(0)]
    assert list(segments.backward(file, size)) == []
    assert segments.recover(file) == (size // 2, {"u0": 0})
    assert file.stat().st_size == size // 2


@pytest.mark.parametrize("junk", [b"\0", b"\0" * 11, b"\0" * 4096, b"\xff" * 4096, b"\1\0\0\0" * 30])
def test_what_a_power_cut_may_leave_behind_the_last_record_is_cut_off(tmp_path: Path, junk: bytes):
    file = tmp_path / "a"
    size = written(file, record(0))
    file.write_bytes(file.read_bytes() + junk)
    whole = file.stat().st_size
    assert segments.forward(file, size, whole) == ([], size)
    assert list(segments.backward(file, whole)) == []
    assert segments.recover(file) == (size, {"u0": 0})
    assert file.read_bytes() == segments.encode(record(0))


def test_an_empty_segment_has_no_records(tmp_path: Path):
    (tmp_path / "a").touch()
    assert segments.recover(tmp_path / "a") == (0, {})
    assert list(segments.backward(tmp_path / "a", 0)) == []


def test_units_that_are_gone_are_left_out():
    assert segments.moved({"a": 1, "b": 2}, {"a": segments.GONE, "c": 0}) == {"b": 2, "c": 0}
