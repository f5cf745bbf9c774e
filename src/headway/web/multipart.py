"""One file in a form: `multipart/form-data`, of which nothing but the file in its first part is read."""

from collections.abc import AsyncIterator
from email.message import Message

from headway.errors import Invalid, Malformed

HEAD_BYTES_MAX = 16 << 10
BOUNDARY_BYTES_MAX = 70


class FileInForm:
    """The file that comes in a form, as it comes; `begin` first."""

    def __init__(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        self._boundary = _boundary(content_type)
        self._chunks = chunks
        self._held = b""
        self.name = ""

    async def begin(self) -> None:
        """Read up to the file, and know its `name`. Malformed, or Invalid where there is no file."""
        head = await self._until(b"--" + self._boundary + b"\r\n")
        if head:
            raise Malformed("the form does not begin with its boundary")
        told = _parsed((await self._until(b"\r\n\r\n")).decode("utf-8", "replace"))
        name = told.get_filename()
        if told.get_param("name", header="content-disposition") != "file" or name is None:
            raise Invalid(file="missing field")
        self.name = name

    async def content(self) -> AsyncIterator[bytes]:
        """The file. Malformed where it is not ended by the boundary."""
        end = b"\r\n--" + self._boundary
        while (at := self._held.find(end)) < 0:
            safe = max(0, len(self._held) - len(end) + 1)
            piece, self._held = self._held[:safe], self._held[safe:]
            if piece:
                yield piece
            await self._more()
        if at:
            yield self._held[:at]

    async def _until(self, end: bytes) -> bytes:
        while (at := self._held.find(end)) < 0:
            if len(self._held) > HEAD_BYTES_MAX:
                raise Malformed(f"the head of the form is larger than {HEAD_BYTES_MAX} bytes")
            await self._more()
        found, self._held = self._held[:at], self._held[at + len(end) :]
        return found

    async def _more(self) -> None:
        async for chunk in self._chunks:
            self._held += chunk
            return
        raise Malformed("the form ends before its boundary")


def _boundary(content_type: str) -> bytes:
    told = Message()
    told["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    boundary = str(told.get_param("boundary") or "").encode()
    if told.get_content_type() != "multipart/form-data" or not 0 < len(boundary) <= BOUNDARY_BYTES_MAX:
        raise Malformed("the body should be multipart/form-data, with a boundary")
    return boundary


def _parsed(head: str) -> Message:
    told = Message()
    for line in head.split("\r\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() == "content-disposition":
            told["content-disposition"] = value.strip()
    return told
