"""The builder port: from an archive of source to a slug.

A slug is a folder, addressed by its content, that becomes /app. Builders run foreign code in a sandbox of the
runtime and never trust a byte of the archive.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from headway.model.cron_tasks import CronLine
from headway.model.manifests import Manifest
from headway.model.stacks import DEFAULT_STACK


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be built: a tar.gz with one root folder, on this machine."""

    archive: Path
    app_id: str
    app: str
    ref: str
    """What people call this version: a commit, a tag, a time."""
    environment: Mapping[str, str]
    """The app's variables."""
    secrets: Collection[str] = ()
    """Values that nothing that is said may show."""
    stack: str = DEFAULT_STACK
    build_id: str
    """Names the work folder; a build repeated with the same id begins anew."""


class Slug(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    digest: str
    """`sha256:…` of its content."""
    folder: Path
    size_bytes: int
    processes: Mapping[str, str]
    """Process type to command, from the Procfile or the pack's defaults."""
    pack: str
    """Which kind of project it was taken for: python, node, static, procfile, or classic."""
    cron: tuple[CronLine, ...] = ()
    """What is to run by the clock, from cron.json."""
    report: Mapping[str, str] = {}
    """What a classic pack tells of its work, by name."""


class Builder(Protocol):
    """Builds slugs."""

    async def build(self, source: Source, said: Callable[[str], None]) -> Slug:
        """Build; `said` gets each line of output as it comes.

        Failure `build-error` with a text that a person understands: not an archive, a path or link that leads
        outside, too many or too large files, a wrong Procfile or cron.json, an unknown kind of project, a pack that failed.
        Failure `no-space` when the disk is full. Cancelling the call ends the build before it returns. May be
        repeated; the same content gives the same digest.
        """
        ...

    async def manifest(self, source: Source) -> Manifest | None:
        """What the source's `scalingo.json` or `app.json` wants; None where it has none.

        Failure `build-error` where that or the archive is wrong.
        """
        ...

    async def slug(self, digest: str) -> Path:
        """The folder of a kept slug. Failure `slug-missing` if there is none."""
        ...

    async def keep_slugs(self, digests: Collection[str], before: int) -> int:
        """Remove every slug that is not among these and was last built before that time; how many were removed."""
        ...

    async def forget_cache(self, app_id: str) -> None:
        """Let the next build of the app begin with nothing that earlier ones kept; nothing if there is nothing."""
        ...

    async def discard(self, build_id: str) -> None:
        """Remove what a build left behind besides the slug; nothing if there is nothing."""
        ...
