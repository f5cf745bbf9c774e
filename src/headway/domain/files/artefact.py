"""As what a file can be exported: only what can really be made of its content.

A folder becomes a zip with everything in it. A file can be had as what it already is; text also as XHTML.
"""

import html
import itertools
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, cast

import msgspec

from headway.builders.threads import Alive
from headway.errors import Invalid
from headway.model.files import File, Kind
from headway.store.blobs import Sink, pieces

ZIP, XHTML = "application/zip", "application/xhtml+xml"
FORMATS: Mapping[str, str] = MappingProxyType({
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xhtml": XHTML,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
})
"""The media type of each format that may be asked for."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member: what is in a zip depends on the files alone."""
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">'
    "<head><title>%s</title></head><body><pre>"
)
_TAIL = "</pre></body></html>\n"
PathOf = Callable[[str], Path]


class Artefact(msgspec.Struct, frozen=True, kw_only=True):
    """What an export makes: how it is called, and what it is."""

    name: str
    media: str


def artefact_of(file: File, format: str) -> Artefact:
    """What becomes of the file in this format; an empty one means as it is. Invalid where that cannot be made."""
    if file.kind is Kind.FOLDER:
        if format not in {"", "zip"}:
            raise Invalid(format="a folder can be exported as zip only")
        return Artefact(name=f"{file.name}.zip", media=ZIP)
    media = FORMATS.get(format, file.media) if format else file.media
    if format and format not in FORMATS:
        raise Invalid(format=f"should be one of {', '.join(FORMATS)}")
    if media != file.media and not (media == XHTML and file.media.startswith("text/")):
        raise Invalid(format=f"{file.media} cannot be made into {format} here")
    stem, dot, _ = file.name.rpartition(".")
    return Artefact(
        name=f"{stem if dot and stem else file.name}.{format}" if format else file.name, media=media
    )


def write(tree: list[File], it: Artefact, path_of: PathOf, sink: Sink, alive: Alive) -> None:
    """Write it; the tree is the file, or the folder with everything in it, from the top."""
    if tree[0].kind is Kind.FOLDER:
        _write_zip(tree, path_of, sink, alive)
    elif it.media == XHTML and tree[0].media != XHTML:
        _write_xhtml(tree[0], path_of(tree[0].digest), sink, alive)
    else:
        for piece in pieces(path_of(tree[0].digest), alive):
            sink.write(piece)


def _write_zip(tree: list[File], path_of: PathOf, sink: Sink, alive: Alive) -> None:
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED) as made:
        for file, path in zip(tree, paths(tree), strict=True):
            member = zipfile.ZipInfo(path, EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            if file.kind is Kind.FOLDER:
                made.writestr(member, b"")
                continue
            member.file_size = file.size
            with made.open(member, "w") as opened:
                for piece in pieces(path_of(file.digest), alive):
                    opened.write(piece)


def paths(tree: list[File]) -> list[str]:
    """The path of each in the zip; of two with one name in one folder the later one gets a number."""
    known: dict[int, str] = {}
    taken: set[str] = set()
    for file in tree:
        before = known.get(file.container_id, "")
        slash = "/" if file.kind is Kind.FOLDER else ""
        known[file.id] = next(
            path for name in _names(file.name) if (path := f"{before}{name}{slash}").rstrip("/") not in taken
        )
        taken.add(known[file.id].rstrip("/"))
    return [known[file.id] for file in tree]


def _names(name: str) -> Iterator[str]:
    yield name
    stem, dot, rest = name.rpartition(".")
    for n in itertools.count(2):
        yield f"{stem} ({n}){dot}{rest}" if dot and stem else f"{name} ({n})"


def _write_xhtml(file: File, path: Path, sink: Sink, alive: Alive) -> None:
    sink.write((_HEAD % html.escape(file.name)).encode())
    with path.open(encoding="utf-8", errors="replace", newline="") as text:
        while piece := text.read(1 << 16):
            alive()
            sink.write(html.escape(_plain(piece), quote=False).encode())
    sink.write(_TAIL.encode())


def _plain(text: str) -> str:
    """Without what XML has no way to say."""
    return "".join(it if it >= " " or it in "\t\r\n" else "\N{REPLACEMENT CHARACTER}" for it in text)
