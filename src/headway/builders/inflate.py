"""A gzip stream read in pieces of a size that the reader chooses, so that a bomb never unfolds."""

import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from headway.builders.refusals import wrong
from headway.builders.threads import Alive

_GZIP = b"\x1f\x8b"
_PIECE = 64 << 10


class Inflated:
    """The unpacked bytes of a gzip file. Failure `build-error` where it is no gzip, broken, cut or too large."""

    def __init__(self, file: Path, bytes_max: int, alive: Alive) -> None:
        self._file = file.open("rb")
        self._bytes_max = bytes_max
        self._alive = alive
        self._packed = b""
        self._inflater = zlib.decompressobj(wbits=31)
        self._unpacked_bytes = 0
        self._begun = False
        self._ended = False

    def __enter__(self) -> Self:
        """The open stream."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    @property
    def left(self) -> int:
        """How many bytes may still come out."""
        return self._bytes_max - self._unpacked_bytes

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        pieces: list[bytes] = []
        while size > 0 and (piece := self._piece(min(size, _PIECE))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        if not self._begun:
            self._begin()
        while True:
            self._alive()
            if self._ended or (self._inflater.eof and not self._next_member()):
                return b""
            if piece := self._inflate(size):
                return self._counted(piece)

    def _begin(self) -> None:
        self._begun = True
        self._packed = self._file.read(_PIECE)
        if not self._packed:
            raise wrong("the archive is empty, it has no bytes at all")
        if not self._packed.startswith(_GZIP):
            raise wrong("the archive is not a tar.gz: it is not packed with gzip")

    def _inflate(self, size: int) -> bytes:
        try:
            piece = self._inflater.decompress(self._packed, size)
        except zlib.error as error:
            raise wrong("the archive is damaged: its gzip data cannot be unpacked") from error
        self._packed = self._inflater.unconsumed_tail
        if not piece and not self._inflater.eof and not self._packed:
            self._packed = self._file.read(_PIECE)
            if not self._packed:
                raise wrong("the archive is cut short: its gzip data ends too early")
        return piece

    def _counted(self, piece: bytes) -> bytes:
        self._unpacked_bytes += len(piece)
        if self._unpacked_bytes > self._bytes_max:
            raise too_large(self._bytes_max)
        return piece

    def _next_member(self) -> bool:
        """Whether another gzip member follows; zeros are padding, anything else is refused."""
        rest = self._inflater.unused_data.lstrip(b"\0")
        while not rest and (more := self._file.read(_PIECE)):
            self._alive()
            rest = more.lstrip(b"\0")
        if not rest:
            self._ended = True
            return False
        rest += self._file.read(2) if len(rest) < 2 else b""
        if not rest.startswith(_GZIP):
            raise wrong("the archive is damaged: something that is not gzip follows its end")
        self._packed = rest
        self._inflater = zlib.decompressobj(wbits=31)
        return True


def too_large(bytes_max: int) -> Exception:
    """The refusal of an archive that holds more than `bytes_max`."""
    return wrong(f"the archive is too large: unpacked it has more than {bytes_max:,} bytes")
