"""A builder that runs nothing: the archive's folder is the slug."""

from collections.abc import Callable, Collection
from pathlib import Path

from headway.builders import cron_file, manifest
from headway.builders.archive import Limits, unpack
from headway.builders.port import Slug, Source
from headway.builders.procfile import BYTES_MAX, parse
from headway.builders.refusals import disk_full_told, wrong
from headway.builders.slugs import Slugs
from headway.builders.threads import in_thread
from headway.builders.trees import read_plain, remove
from headway.model.manifests import Manifest

LIMITS = Limits(archive_bytes_max=10 << 20, source_bytes_max=100 << 20, source_files_max=10_000)


class CopyingBuilder:
    """Keeps the source as it is; it must have a Procfile."""

    def __init__(self, folder: Path, limits: Limits = LIMITS) -> None:
        self._folder = folder
        self._limits = limits
        self._slugs = Slugs(folder / "slugs")

    async def build(self, source: Source, said: Callable[[str], None]) -> Slug:
        """See the port."""
        work = self._folder / "builds" / source.build_id
        try:
            with disk_full_told():
                return await self._build(source, work, said)
        finally:
            await self.discard(source.build_id)

    async def manifest(self, source: Source) -> Manifest | None:
        """See the port."""
        return await manifest.read(source.archive, source.environment.get("PROJECT_DIR", ""), self._limits)

    async def slug(self, digest: str) -> Path:
        """See the port."""
        return self._slugs.find(digest)

    async def keep_slugs(self, digests: Collection[str], before: int) -> int:
        """See the port."""
        return await in_thread(lambda alive: self._slugs.keep_only(digests, before, alive))

    async def forget_cache(self, app_id: str) -> None:
        """See the port: copies keep nothing for the next one."""

    async def discard(self, build_id: str) -> None:
        """See the port."""
        await in_thread(lambda _alive: remove(self._folder / "builds" / build_id))

    async def _build(self, source: Source, work: Path, said: Callable[[str], None]) -> Slug:
        await self.discard(source.build_id)
        said("-----> Copying")
        await unpack(source.archive, work / "source", self._limits)
        content = read_plain(work / "source", "Procfile", BYTES_MAX)
        if content is None:
            raise wrong("the kind of project was not recognised; what is recognised: a Procfile")
        processes = parse(content).processes
        tasks = read_plain(work / "source", cron_file.NAME, cron_file.BYTES_MAX)
        kept = await in_thread(lambda alive: self._slugs.keep(work / "source", alive))
        return Slug(
            digest=kept.digest,
            folder=kept.folder,
            size_bytes=kept.size_bytes,
            processes=processes,
            pack="procfile",
            cron=() if tasks is None else cron_file.parse(tasks).lines,
        )
