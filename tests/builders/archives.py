"""Archives for tests, honest and malicious."""

import gzip
import io
import tarfile
from pathlib import Path


def packed(
    file: Path, files: dict[str, str | bytes], *, root: str = "proj", programs: tuple[str, ...] = ()
) -> Path:
    """A tar.gz with one root folder."""
    with tarfile.open(file, "w:gz") as tar:
        folder = tarfile.TarInfo(root)
        folder.type = tarfile.DIRTYPE
        folder.mode = 0o755
        tar.addfile(folder)
        for name, content in files.items():
            body = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(f"{root}/{name}")
            member.size = len(body)
            member.mode = 0o755 if name in programs else 0o644
            tar.addfile(member, io.BytesIO(body))
    return file


def of_folder(file: Path, folder: Path) -> Path:
    """A tar.gz of a folder on disk."""
    with tarfile.open(file, "w:gz") as tar:
        tar.add(folder, arcname=folder.name)
    return file


def member(
    name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"", link: str = "", mode: int = 0o644
) -> bytes:
    """One entry, as it lies in a tar."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(content)
    info.linkname = link
    info.mode = mode
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def folder(name: str = "proj") -> bytes:
    """A folder entry."""
    return member(name, tarfile.DIRTYPE, mode=0o755)


def link(name: str, target: str) -> bytes:
    """A symbolic link."""
    return member(name, tarfile.SYMTYPE, link=target)


def hard_link(name: str, target: str) -> bytes:
    """A hard link."""
    return member(name, tarfile.LNKTYPE, link=target)


def archive(file: Path, *members: bytes, end: bytes = bytes(1024)) -> Path:
    """The entries, with the end mark, as a tar.gz."""
    file.write_bytes(gzip.compress(b"".join(members) + end, 1))
    return file


def pax(records: dict[str, bytes], kind: bytes = tarfile.XHDTYPE) -> bytes:
    """A pax header with these records."""
    body = b""
    for key, value in records.items():
        rest = b" " + key.encode() + b"=" + value + b"\n"
        length = len(rest) + 1
        while len(str(length)) + len(rest) != length:
            length = len(str(length)) + len(rest)
        body += str(length).encode() + rest
    return member("PaxHeader", kind, body)


def contents(tree: Path) -> dict[str, str]:
    """Every file of a tree: its path to its content."""
    return {
        str(file.relative_to(tree)): file.read_text() for file in sorted(tree.rglob("*")) if file.is_file()
    }
