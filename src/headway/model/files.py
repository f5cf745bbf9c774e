"""Files and folders, and the rules for them. A file's content is known by its digest."""

import enum

import msgspec

from headway.errors import Invalid

NAME_LENGTH_MAX = 255
DEPTH_MAX = 32
"""How deep folders may lie in folders; a file at the root is at depth 1."""
TREE_MAX = 2000
"""How many files and folders one operation takes on, or one request deletes."""
ROOT = 0
"""The container of what lies in no folder."""
MEDIA_LENGTH_MAX = 100


class Kind(enum.StrEnum):
    """What a file is, which says as what it may be exported."""

    FOLDER = "folder"
    DOCUMENT = "document"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    OTHER = "other"


class File(msgspec.Struct, frozen=True):
    """A file or a folder. Field order is column order."""

    id: int
    account_id: int
    container_id: int
    """The folder that it lies in, or `ROOT`."""
    name: str
    kind: Kind
    media: str
    """Its media type, as whoever uploaded it said; empty for a folder."""
    digest: str
    """SHA-256 of its content in hex; empty for a folder."""
    size: int
    """In bytes."""
    operation_id: int
    """The copy that made it, or 0."""
    created_at: int


class Export(msgspec.Struct, frozen=True):
    """What an export has made, kept as long as its operation. Field order is column order."""

    operation_id: int
    account_id: int
    name: str
    media: str
    digest: str
    size: int
    created_at: int


def checked_name(name: str) -> str:
    """The name; Invalid where no file may be called so."""
    if not name.strip() or len(name) > NAME_LENGTH_MAX or "/" in name or not name.isprintable():
        raise Invalid(name=f"should have 1 to {NAME_LENGTH_MAX} printable characters and no slash")
    if name in {".", ".."}:
        raise Invalid(name="is no name for a file")
    return name


def checked_media(media: str) -> str:
    """The media type without its parameters, in lower case; Invalid where it is none."""
    plain = media.partition(";")[0].strip().lower() or "application/octet-stream"
    kind, slash, rest = plain.partition("/")
    if len(plain) > MEDIA_LENGTH_MAX or not (kind and slash and rest) or not plain.isascii() or " " in plain:
        raise Invalid(media="should be a media type like text/csv")
    return plain


def kind_of(media: str) -> Kind:
    """What a file of this media type is taken for, where nobody says."""
    if media == "text/csv":
        return Kind.SPREADSHEET
    if media.startswith("text/") or media in {"application/pdf", "application/xhtml+xml"}:
        return Kind.DOCUMENT
    return Kind.OTHER


def height(tree: list[File]) -> int:
    """How many levels a tree has; it is given from the top, each file behind what it lies in."""
    depths: dict[int, int] = {}
    for file in tree:
        depths[file.id] = depths.get(file.container_id, 0) + 1
    return max(depths.values(), default=0)


def content(tree: list[File]) -> dict[str, int]:
    """The digest of each content in it, once, with its size."""
    return {file.digest: file.size for file in tree if file.digest}
