"""Segments: files of records, written only at their end. A record is there whole, or it is not there.

    record = length · checksum · payload · length        the second length is for reading backwards

A writer killed in the middle leaves a torn tail; `recover` knows it by length and checksum and cuts it off.
"""

import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import msgspec

from headway.model.logs import Lines

BLOCK_BYTES = 128 << 10
GONE = -1
"""In place of an offset: nothing more will come of this unit."""

_HEAD = struct.Struct("<II")
_TAIL = struct.Struct("<I")
_FRAME = _HEAD.size + _TAIL.size


class Record(msgspec.Struct, frozen=True, array_like=True):
    """Lines, and how far the output of units has been kept with them."""

    offsets: Mapping[str, int]
    lines: Sequence[Lines]


class _Offsets(msgspec.Struct, frozen=True, array_like=True):
    """The same bytes, read for the offsets alone: most of a record stays undecoded."""

    offsets: dict[str, int]
    lines: msgspec.Raw


_encoder = msgspec.msgpack.Encoder()
_records = msgspec.msgpack.Decoder(Record)
_offsets = msgspec.msgpack.Decoder(_Offsets)


def encode(record: Record) -> bytes:
    """The record as it stands in a segment."""
    payload = _encoder.encode(record)
    size = len(payload)
    return b"".join((_HEAD.pack(size, crc32(payload)), payload, _TAIL.pack(size)))


def moved(offsets: Mapping[str, int], by: Mapping[str, int]) -> dict[str, int]:
    """The offsets after those of one more record; units that are gone are left out."""
    return {unit: end for unit, end in {**offsets, **by}.items() if end != GONE}


def recover(file: Path) -> tuple[int, dict[str, int]]:
    """Cut a torn tail off; the bytes that are left, and the offsets that they tell."""
    data = file.read_bytes()
    good, offsets = 0, dict[str, int]()
    for payload in _payloads(data):
        offsets |= _offsets.decode(payload).offsets
        good += len(payload) + _FRAME
    if good < len(data):
        os.truncate(file, good)
    return good, moved(offsets, {})


def whole(file: Path) -> list[Lines]:
    """All lines of a segment that nobody writes to any more."""
    size = file.stat().st_size
    records, _ = forward(file, 0, size, block_bytes=size)
    return [lines for record in records for lines in record.lines]


def forward(
    file: Path, start: int, until: int, *, block_bytes: int = BLOCK_BYTES
) -> tuple[list[Record], int]:
    """Some records from `start` on, at least one where there is one before `until`, and where they end."""
    with file.open("rb") as opened:
        size = min(block_bytes, until - start)
        data = os.pread(opened.fileno(), size, start)
        if len(data) >= _FRAME and (needed := _HEAD.unpack_from(data)[0] + _FRAME) > size:
            data = os.pread(opened.fileno(), min(needed, until - start), start)
    found = list(_payloads(data))
    end = start + sum(map(len, found)) + len(found) * _FRAME
    return [_records.decode(payload) for payload in found], end


def backward(file: Path, until: int) -> Iterator[Record]:
    """The records before `until`, newest first; a block is read at a time, and only when it is needed."""
    with file.open("rb") as opened:
        end, base, data = until, until, b""
        while end >= _FRAME:
            if end - base < _TAIL.size:
                base, data = _before(opened.fileno(), end, BLOCK_BYTES)
            size = _TAIL.unpack_from(data, end - base - _TAIL.size)[0] + _FRAME
            if end - size < base:
                base, data = _before(opened.fileno(), end, max(BLOCK_BYTES, size))
            payload = _payload(data, end - size - base) if end - size >= base else None
            if payload is None:
                return
            yield _records.decode(payload)
            end -= size


def _before(fd: int, end: int, size: int) -> tuple[int, bytes]:
    start = max(0, end - size)
    return start, os.pread(fd, end - start, start)


def _payloads(data: bytes) -> Iterator[memoryview]:
    at = 0
    while (payload := _payload(data, at)) is not None:
        yield payload
        at += len(payload) + _FRAME


def _payload(data: bytes, at: int) -> memoryview | None:
    """The payload of the record that begins at `at`, or None where no whole one does."""
    if len(data) - at < _FRAME:
        return None
    size, checksum = _HEAD.unpack_from(data, at)
    start, end = at + _HEAD.size, at + _HEAD.size + size
    if size == 0 or end + _TAIL.size > len(data) or _TAIL.unpack_from(data, end)[0] != size:
        return None
    payload = memoryview(data)[start:end]
    return payload if crc32(payload) == checksum else None
