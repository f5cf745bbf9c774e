"""What a tar stream holds, entry by entry, as its headers say it; nothing is trusted, nothing is passed over.

Understands ustar, GNU long names and pax. Unlike the standard library's reader it refuses a damaged header
in the middle (that one takes it for the end) and never reads a header of any size into memory.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Protocol

import msgspec

from headway.builders.refusals import shown, wrong

_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_HEADER_BYTES_MAX = 1 << 20
_PIECE = 64 << 10


class Stream(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        ...


class Kind(Enum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "symbolic link"
    HARD_LINK = "hard link"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `name` and `target` are as they were packed, unchecked."""

    name: str
    kind: Kind
    size: int
    executable: bool
    target: str


_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.HARD_LINK,
    b"2": Kind.LINK,
    b"5": Kind.FOLDER,
}
_REFUSED = {
    b"3": "a device",
    b"4": "a device",
    b"6": "a named pipe",
    b"S": "a sparse file",
    b"M": "a part of a file",
}


class _Extended(msgspec.Struct):
    """What headers before an entry said of it."""

    path: bytes | None = None
    target: bytes | None = None
    size: int | None = None


class Tarball:
    """The entries of a tar stream, in order."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = 0
        self._padding = 0

    def entries(self) -> Iterator[Entry]:
        """Each entry; before the next is asked for, `content` gives the bytes of a file.

        Failure `build-error` where the stream is no tar, damaged or cut short.
        """
        extended, first = _Extended(), True
        while (header := self._header(first=first)) is not None:
            first = False
            kind, size = header[156:157], _number(header[124:136])
            if kind in {b"x", b"X", b"g", b"L", b"K"}:
                self._extend(extended, kind, size)
                continue
            entry = _entry(header, extended)
            extended = _Extended()
            self._left = entry.size
            self._padding = -entry.size % _BLOCK
            yield entry
            for _ in self.content():
                pass
            self._exactly(self._padding)
        self._nothing_follows()

    def content(self) -> Iterator[bytes]:
        """What is left of the present file, in pieces."""
        while self._left:
            piece = self._exactly(min(self._left, _PIECE))
            self._left -= len(piece)
            yield piece

    def _header(self, *, first: bool) -> bytes | None:
        block = self._stream.read(_BLOCK)
        if first and len(block) < _BLOCK:
            raise wrong("the archive is not a tar.gz: what gzip packed is not a tar")
        if len(block) < _BLOCK:
            raise wrong("the archive is cut short: its end mark is missing")
        if block == _ZEROS:
            return None
        if not _checksum_holds(block):
            problem = (
                "is not a tar.gz: what gzip packed is not a tar" if first else "is damaged: a header is wrong"
            )
            raise wrong(f"the archive {problem}")
        return block

    def _extend(self, extended: _Extended, kind: bytes, size: int) -> None:
        if size > _HEADER_BYTES_MAX:
            raise wrong(f"the archive has a header of {size:,} bytes, at most {_HEADER_BYTES_MAX:,} are read")
        body = self._exactly(size)
        self._exactly(-size % _BLOCK)
        if kind == b"L":
            extended.path = body.rstrip(b"\0")
        elif kind == b"K":
            extended.target = body.rstrip(b"\0")
        elif kind != b"g":
            _take_records(extended, body)

    def _exactly(self, size: int) -> bytes:
        piece = self._stream.read(size)
        if len(piece) < size:
            raise wrong("the archive is cut short: it ends within an entry")
        return piece

    def _nothing_follows(self) -> None:
        while piece := self._stream.read(_PIECE):
            if piece.strip(b"\0"):
                raise wrong("the archive is damaged: there is something behind its end mark")


def _entry(header: bytes, extended: _Extended) -> Entry:
    name = extended.path if extended.path is not None else _plain_name(header)
    flag = header[156:157]
    if flag in _REFUSED:
        raise wrong(f"the archive holds {_REFUSED[flag]}, which is not allowed: {shown(name)}")
    if flag not in _KINDS:
        raise wrong(f"the archive holds an entry of an unknown kind ({shown(flag)}): {shown(name)}")
    kind = _KINDS[flag]
    if kind is Kind.FILE and name.endswith(b"/"):
        kind = Kind.FOLDER
    size = extended.size if extended.size is not None else _number(header[124:136])
    target = extended.target if extended.target is not None else _until_zero(header[157:257])
    return Entry(
        name=_text(name),
        kind=kind,
        size=size if kind is Kind.FILE else 0,
        executable=bool(_number(header[100:108]) & 0o100),
        target=_text(target),
    )


def _plain_name(header: bytes) -> bytes:
    name = _until_zero(header[0:100])
    prefix = _until_zero(header[345:500]) if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _until_zero(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


def _text(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise wrong(f"the archive holds a name that is not UTF-8: {shown(name)}") from None


def _number(field: bytes) -> int:
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    digits = field.strip(b" \0")
    if digits and not all(0x30 <= each <= 0x37 for each in digits):
        raise wrong("the archive is damaged: a number in a header is wrong")
    return int(digits or b"0", 8)


def _checksum_holds(block: bytes) -> bool:
    stated = block[148:156].split(b"\0", 1)[0].strip()
    if not stated or not all(0x30 <= each <= 0x37 for each in stated):
        return False
    blanked = block[:148] + b" " * 8 + block[156:]
    signed = sum(each - 256 if each > 127 else each for each in blanked)
    return int(stated, 8) in {sum(blanked), signed}


def _take_records(extended: _Extended, body: bytes) -> None:
    for key, value in _records(body):
        if key == b"path":
            extended.path = value
        elif key == b"linkpath":
            extended.target = value
        elif key == b"size":
            extended.size = _decimal(value)
        elif key.startswith(b"GNU.sparse."):
            raise wrong(
                f"the archive holds a sparse file, which is not understood: {shown(extended.path or b'?')}"
            )


def _records(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    while body:
        digits, space, _ = body[:20].partition(b" ")
        length = _decimal(digits) if space else 0
        record = body[len(digits) + 1 : length]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n") or length > len(body):
            raise wrong("the archive is damaged: a pax header is wrong")
        yield key, value[:-1]
        body = body[length:]


def _decimal(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 18:
        raise wrong("the archive is damaged: a number in a pax header is wrong")
    return int(digits)
