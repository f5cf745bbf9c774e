"""The source of a deployment: an archive of its own, wherever the code came from.

An upload is linked, a URL is downloaded, a commit is read from the app's repository: and from then on nothing that
becomes of those places matters.
"""

import asyncio
import os
from pathlib import Path

import msgspec

from headway import ids
from headway.builders.download import Reach, download
from headway.builders.refusals import disk_full_told, wrong
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.errors import Failure, Retry

_PIECE_BYTES = 256 << 10


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where the code comes from: one of three."""

    source_url: str
    """As people know it: a URL, or `git:main` for a push."""
    archive: str = ""
    """An archive that was uploaded: the name of its file."""
    url: str = ""
    """An archive of somebody else's."""
    commit: str = ""
    """A commit in the app's repository."""
    branch: str = ""
    """The branch that is to be at that commit."""
    before: str = ""
    """Where the branch was before."""

    @property
    def ours(self) -> bool:
        """Whether what is to be deployed is here already."""
        return bool(self.archive or self.commit)


def archive_of(world: World, deployment_id: int) -> Path:
    """Where the archive of a deployment is, until it has been built."""
    return world.config.folder / "deployments" / f"{ids.show(deployment_id)}.tar.gz"


async def take(world: World, app_id: int, deployment_id: int, origin: Origin) -> None:
    """The archive is there. Failure `build-error` where there is none to be had, `no-space`."""
    own = archive_of(world, deployment_id)
    own.parent.mkdir(parents=True, exist_ok=True)
    if own.exists():
        return
    part = own.with_suffix(".part")
    part.unlink(missing_ok=True)
    if origin.commit:
        await _read(world, app_id, origin.commit, part)
    elif origin.url:
        await download(origin.url, part, reach(world))
    else:
        _link(world, origin.archive, part)
    part.replace(own)


def leave(world: World, deployment_id: int) -> None:
    """Nothing is left of the archive."""
    own = archive_of(world, deployment_id)
    own.unlink(missing_ok=True)
    own.with_suffix(".part").unlink(missing_ok=True)


def reach(world: World) -> Reach:
    """How far the settings let a download go."""
    config = world.config
    return Reach(
        bytes_max=config.archive_bytes_max,
        seconds=config.source_download_seconds,
        private=config.source_private_addresses,
    )


def _link(world: World, name: str, part: Path) -> None:
    try:
        with disk_full_told():
            os.link(world.config.folder / "sources" / name, part)
    except FileNotFoundError:
        raise Failure("build-error", "the uploaded archive is not there any more") from None


async def _read(world: World, app_id: int, commit: str, part: Path) -> None:
    folder = keep.folder_of(world, app_id)
    if not folder.exists():
        raise wrong("the repository of the app is not there any more")
    # Of the tree and not of the commit: a commit's archive says in its head which one it is.
    given = ("archive", "--format=tar.gz", "-1", "--prefix=app/", f"{commit}^{{tree}}")
    child = await asyncio.create_subprocess_exec(
        *await keep.argv(world, app_id, given),
        cwd=folder,
        env=keep.environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert child.stdout is not None
        with disk_full_told():
            await _copied(child.stdout, part, world.config.archive_bytes_max)
        if await child.wait():
            raise Retry(f"git could not read commit {commit}")
    finally:
        await keep.end(child)


async def _copied(stream: asyncio.StreamReader, part: Path, bytes_max: int) -> None:
    left = bytes_max
    with part.open("wb") as opened:
        while piece := await stream.read(_PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise wrong(f"the source is too large: packed, it has more than {bytes_max:,} bytes")
            opened.write(piece)
