"""The builder: unpack, find the pack, carry out its plan in the sandbox, keep the slug.

    builds/<build id>/source     becomes /app, then the slug
    builds/<build id>/settings   the operator's settings for pip and npm
    caches/<app id>              kept from build to build of one app
    slugs/<digest>

What is decided before foreign code runs is decided from the unpacked source; what is read after it has run
is read as untrusted.
"""

import shlex
import shutil
import signal
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from headway.builders import cron_file, manifest
from headway.builders.archive import Limits, unpack
from headway.builders.cron_file import CronFile
from headway.builders.environment import environment
from headway.builders.output import Output
from headway.builders.packs import classic
from headway.builders.packs.pack import CACHE, OWN, SETTINGS, Command, Pack, Plan, Project
from headway.builders.port import Slug, Source
from headway.builders.procfile import BYTES_MAX, POSTDEPLOY, Procfile, parse
from headway.builders.refusals import disk_full_told, full, shown, wrong
from headway.builders.slugignore import leave_out
from headway.builders.slugs import Kept, Slugs
from headway.builders.surroundings import Surroundings
from headway.builders.threads import in_thread
from headway.builders.toolchains import Machine
from headway.builders.trees import plain_file, read_plain, remove
from headway.clock import Clock
from headway.config import Config
from headway.errors import Failure
from headway.model.cron_tasks import CronLine
from headway.model.manifests import Manifest
from headway.model.sizes import SIZES, Size
from headway.model.variables import veiled
from headway.runtimes.port import Runtime, Task

_TEXT_BYTES_MAX = 1 << 20
_DISK_BYTES_MIN = 16 << 20
_FILE_TOO_LARGE = 128 + signal.SIGXFSZ
_VARIABLES = ".profile.d/00_config_vars.sh"


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one build may use."""

    unpacking: Limits
    build_seconds: float
    build_output_bytes_max: int
    build_disk_bytes_max: int
    slug_bytes_max: int
    buildpack_folder: Path | None = None
    """Where the operator keeps classic packs that apps may use."""
    size: Size = SIZES["2XL"]


def bounds(config: Config) -> Bounds:
    """What the settings allow."""
    unpacking = Limits(
        archive_bytes_max=config.archive_bytes_max,
        source_bytes_max=config.source_bytes_max,
        source_files_max=config.source_files_max,
    )
    return Bounds(
        unpacking=unpacking,
        build_seconds=config.build_seconds,
        build_output_bytes_max=config.build_output_bytes_max,
        build_disk_bytes_max=config.build_disk_bytes_max,
        slug_bytes_max=config.slug_bytes_max,
        buildpack_folder=Path(config.buildpack_folder) if config.buildpack_folder else None,
    )


class Buildpack:
    """Builds with the packs it is given, tried in their order; BUILDPACK_NAME among the variables chooses one.

    `machine` tells what there is to build with.
    """

    def __init__(
        self,
        folder: Path,
        runtime: Runtime,
        clock: Clock,
        *,
        bounds: Bounds,
        packs: Sequence[Pack],
        machine: Callable[[], Awaitable[Machine]],
        surroundings: Surroundings,
    ) -> None:
        self._folder = folder
        self._runtime = runtime
        self._clock = clock
        self._bounds = bounds
        self._packs = packs
        self._machine = machine
        self._surroundings = surroundings
        self._slugs = Slugs(folder / "slugs")

    async def build(self, source: Source, said: Callable[[str], None]) -> Slug:
        """See the port."""
        output = Output(said, self._bounds.build_output_bytes_max, source.secrets)
        try:
            with disk_full_told():
                return await self._build(source, output)
        except Failure as failure:
            output.error(failure.text)
            raise Failure(failure.code, veiled(failure.text, source.secrets)) from failure
        finally:
            await self.discard(source.build_id)

    async def manifest(self, source: Source) -> Manifest | None:
        """See the port."""
        return await manifest.read(
            source.archive, source.environment.get("PROJECT_DIR", ""), self._bounds.unpacking
        )

    async def slug(self, digest: str) -> Path:
        """See the port."""
        return self._slugs.find(digest)

    async def keep_slugs(self, digests: Collection[str], before: int) -> int:
        """See the port."""
        return await in_thread(lambda alive: self._slugs.keep_only(digests, before, alive))

    async def forget_cache(self, app_id: str) -> None:
        """See the port."""
        await in_thread(lambda _alive: remove(self._folder / "caches" / app_id))

    async def discard(self, build_id: str) -> None:
        """See the port."""
        await in_thread(lambda _alive: remove(self._work(build_id)))

    async def _build(self, source: Source, output: Output) -> Slug:
        work = self._work(source.build_id)
        tree = work / "source"
        await self.discard(source.build_id)
        output.step("Unpacking the source")
        await unpack(source.archive, tree, self._bounds.unpacking)
        _narrow(tree, source.environment.get("PROJECT_DIR", ""))
        _procfile(tree)
        _cron_file(tree)
        title, name, plan = self._planned(tree, source.environment, await self._machine())
        _tell(output, title, plan)
        _write(tree, plan.files)
        self._write_settings(work / "settings")
        _write_variables(work / "env", source.environment)
        await self._carry_out(source, plan, output)
        procfile = _procfile(tree)
        plan = _with_left(tree, plan, procfile, output)
        processes = _processes(procfile, _with_released(tree, plan), output)
        cron = _cron(_cron_file(tree), output)
        await in_thread(lambda alive: leave_out(tree, alive))
        report = classic.reported(veiled(_said_in(tree, classic.REPORT), source.secrets))
        kept = await self._kept(tree, output)
        return Slug(
            digest=kept.digest,
            folder=kept.folder,
            size_bytes=kept.size_bytes,
            processes=processes,
            pack=name,
            cron=cron,
            report=report,
        )

    def _planned(self, tree: Path, variables: Mapping[str, str], machine: Machine) -> tuple[str, str, Plan]:
        listed = read_plain(tree, classic.LIST, BYTES_MAX)
        text = None if listed is None else listed.decode(errors="replace")
        if wanted := classic.asked_for(variables, text, self._bounds.buildpack_folder):
            return "Buildpack", "classic", classic.plan(wanted)
        pack, plan = self._chosen(tree, variables, machine)
        return pack.title, pack.name, plan

    def _work(self, build_id: str) -> Path:
        assert build_id not in {"", ".", ".."}, build_id
        assert "/" not in build_id, build_id
        return self._folder / "builds" / build_id

    def _chosen(self, tree: Path, variables: Mapping[str, str], machine: Machine) -> tuple[Pack, Plan]:
        project = looked_at(tree, self._packs)
        name = variables.get(classic.NAME, "")
        if name and name not in {pack.name for pack in self._packs}:
            known = ", ".join(pack.name for pack in self._packs)
            raise wrong(f"BUILDPACK_NAME is {shown(name)!r}, it should be one of {known}")
        for pack in self._packs:
            if pack.name == name or (not name and pack.detects(project)):
                return pack, pack.plan(project, machine)
        kinds = "; ".join(f"{pack.title}: {pack.recognised_by}" for pack in self._packs)
        raise wrong(f"the kind of project was not recognised; what is recognised: {kinds}")

    def _write_settings(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "pip.conf").write_text(self._surroundings.pip_conf)
        (folder / "npmrc").write_text(self._surroundings.npmrc)

    async def _carry_out(self, source: Source, plan: Plan, output: Output) -> None:
        until = self._clock.monotonic() + self._bounds.build_seconds
        (self._folder / "caches" / source.app_id).mkdir(parents=True, exist_ok=True)
        for number, command in enumerate(plan.commands, 1):
            if command.heading:
                output.step(command.heading)
            task = self._task(source, command, number, max(until - self._clock.monotonic(), 0.1))
            code = await self._performed(task, output)
            if code != 0:
                raise self._failed(command, code)

    def _task(self, source: Source, command: Command, number: int, seconds: float) -> Task:
        work = self._work(source.build_id)
        own = environment(source, self._surroundings.environment)
        return Task(
            id=f"{source.build_id}-{number}",
            app_id=source.app_id,
            folder=work / "source",
            argv=command.argv,
            environment={**own, **command.environment},
            size=self._bounds.size,
            mounts={
                **self._surroundings.mounts,
                SETTINGS: work / "settings",
                classic.ENV_DIR: work / "env",
                **command.mounts,
            },
            writable={CACHE: self._folder / "caches" / source.app_id},
            seconds_max=seconds,
            output_bytes_max=2 * self._bounds.build_output_bytes_max,  # so that it is cut here, and once
            disk_bytes_max=self._bounds.build_disk_bytes_max,
            network=command.network,
        )

    async def _performed(self, task: Task, output: Output) -> int:
        try:
            return await self._runtime.perform(task, output.take)
        except Failure as failure:
            if failure.code == "timeout-error":
                raise wrong(f"the build took longer than {self._bounds.build_seconds:g} seconds") from failure
            if failure.code == "disk-error":
                # What it kept for the next one is a part of it, and would stop that one as well.
                await self.forget_cache(task.app_id)
                raise self._too_much_disk() from failure
            raise
        finally:
            output.end()

    def _failed(self, command: Command, code: int) -> Failure:
        if shutil.disk_usage(self._folder).free < _DISK_BYTES_MIN:
            return full()
        if code == _FILE_TOO_LARGE:
            return self._too_much_disk()
        if fault := classic.fault_of(code):
            return wrong(fault)
        return wrong(f"the build failed: {command.title} exited with {code}")

    def _too_much_disk(self) -> Failure:
        most = self._bounds.build_disk_bytes_max
        return wrong(f"the build took too much disk, at most {most:,} bytes may be taken")

    async def _kept(self, tree: Path, output: Output) -> Kept:
        kept = await in_thread(lambda alive: self._slugs.keep(tree, alive))
        if kept.size_bytes > (most := self._bounds.slug_bytes_max):
            raise wrong(
                f"what was built is too large: it has {kept.size_bytes:,} bytes, at most {most:,} are kept"
            )
        output.step(f"Built {kept.digest[:19]}, {kept.size_bytes / 1e6:,.1f} MB")
        return kept


def _narrow(tree: Path, name: str) -> None:
    """Let the tree be that folder of it, and nothing else."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if not parts:
        return
    inside, whole = tree.joinpath(*parts), tree.with_name("whole")
    if ".." in parts or not inside.is_dir() or inside.resolve() != tree.resolve().joinpath(*parts):
        raise wrong(f"PROJECT_DIR should be a folder of the source, and {shown(name)} is none")
    tree.rename(whole)
    whole.joinpath(*parts).rename(tree)


def looked_at(tree: Path, packs: Sequence[Pack]) -> Project:
    """What the packs want to see of the unpacked source."""
    wanted = {file for pack in packs for file in (*pack.reads, *pack.notices)}
    there = frozenset(file for file in wanted if plain_file(tree, file))
    texts = {file for pack in packs for file in pack.reads} & there
    return Project(files=there, texts={file: _text(tree, file) for file in texts})


def _text(tree: Path, file: str) -> str:
    try:
        return (read_plain(tree, file, _TEXT_BYTES_MAX) or b"").decode()
    except UnicodeDecodeError:
        raise wrong(f"{file} is not UTF-8") from None


def _procfile(tree: Path) -> Procfile:
    """What the Procfile says: asked before the build, to fail early, and after it, for it may write one."""
    content = read_plain(tree, "Procfile", BYTES_MAX)
    return Procfile(processes={}) if content is None else parse(content)


def _cron_file(tree: Path) -> CronFile:
    """What cron.json says: asked before the build and after it, as the Procfile is."""
    content = read_plain(tree, cron_file.NAME, cron_file.BYTES_MAX)
    return CronFile(lines=()) if content is None else cron_file.parse(content)


def _write_variables(folder: Path, variables: Mapping[str, str]) -> None:
    """One file for each, as classic packs read them."""
    folder.mkdir()
    for name, value in variables.items():
        (folder / name).write_text(value)


def _said_in(tree: Path, file: str) -> str:
    return (read_plain(tree, file, _TEXT_BYTES_MAX) or b"").decode(errors="replace")


def _with_left(tree: Path, plan: Plan, procfile: Procfile, output: Output) -> Plan:
    """The plan without the process types whose program the build did not make."""
    missing = {kind: file for kind, file in plan.leaves.items() if plain_file(tree, file) is None}
    for kind, file in missing.items():
        if kind not in procfile.processes:
            output.detail(f"No {file} was made, so only a Procfile can say what {kind} is")
    there = {kind: command for kind, command in plan.processes.items() if kind not in missing}
    return msgspec.structs.replace(plan, processes=there)


def _with_released(tree: Path, plan: Plan) -> Plan:
    """The plan with what a classic pack said at its end: its process types, and its variables as defaults."""
    released = classic.released(_said_in(tree, classic.RELEASED))
    if released.variables:
        # What has run may have put a link there that leads outside.
        if not (tree / _VARIABLES).parent.resolve().is_relative_to(tree.resolve()):
            raise wrong(f"the build left something where the platform writes: {shown(_VARIABLES)}")
        lines = [f"export {k}=${{{k}-{shlex.quote(v)}}}\n" for k, v in released.variables.items()]
        _write_file(tree, _VARIABLES, "".join(lines))
    return msgspec.structs.replace(plan, processes={**released.processes, **plan.processes})


def _tell(output: Output, title: str, plan: Plan) -> None:
    output.step(f"{title} project")
    for detail in plan.details:
        output.detail(detail)
    for warning in plan.warnings:
        output.warning(warning)


def _write(tree: Path, files: Mapping[str, str]) -> None:
    if (tree / OWN).is_symlink() or (tree / OWN).exists():
        raise wrong(f"the source has a {OWN} of its own, a name that is kept for the platform")
    for path, content in files.items():
        _write_file(tree, path, content)


def _write_file(tree: Path, path: str, content: str) -> None:
    try:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).unlink(missing_ok=True)
        (tree / path).write_text(content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        raise wrong(f"the source has something where the platform writes: {path}") from error


def _processes(procfile: Procfile, plan: Plan, output: Output) -> dict[str, str]:
    for warning in procfile.warnings:
        output.warning(f"Procfile, {warning}")
    processes = {**plan.processes, **procfile.processes}
    if processes.keys() <= {POSTDEPLOY}:
        raise wrong("there is nothing to run: name a process in a Procfile, like `web: python app.py`")
    output.step(f"Process types: {', '.join(processes)}")
    if "web" not in processes:
        output.warning("there is no web process, so nothing will answer requests; name one in a Procfile")
    return processes


def _cron(file: CronFile, output: Output) -> tuple[CronLine, ...]:
    for warning in file.warnings:
        output.warning(f"{cron_file.NAME}, {warning}")
    if file.lines:
        output.step(f"Scheduled tasks: {len(file.lines)}")
    return file.lines
