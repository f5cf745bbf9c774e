"""The JSON of files, field for field."""

import msgspec


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file or a folder."""

    id: str
    name: str
    kind: str
    """folder, document, spreadsheet, presentation, or other."""
    container: str | None
    """The folder that it lies in; null at the root."""
    media: str
    """Its media type; empty for a folder."""
    digest: str
    """SHA-256 of its content in hex; empty for a folder."""
    size: int
    """In bytes."""
    created_at: str


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in a folder, oldest first, a page of it."""

    files: list[File]
    next: str | None
    """What `?after=` takes for the next page; null on the last one."""


class CreateFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a folder."""

    name: str
    container: str | None = None
