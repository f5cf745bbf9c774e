"""One ready example of each operation type: what is there before, and how it is asked for."""

import io
import tarfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from headway import ids
from headway.builders.port import Source as BuildSource
from headway.domain.apps.configure import configure
from headway.domain.apps.create import create
from headway.domain.apps.delete import delete
from headway.domain.apps.rename import rename
from headway.domain.apps.restart import restart
from headway.domain.apps.rollback import rollback
from headway.domain.apps.scale import scale
from headway.domain.containers import formation, running
from headway.domain.deployments.deploy import push
from headway.domain.deployments.source import Origin
from headway.domain.domains.certify import certify
from headway.domain.files.copy import copy
from headway.domain.files.create import Wish as FileWish
from headway.domain.files.create import create_file, create_folder
from headway.domain.files.export import export
from headway.domain.one_offs.start import start
from headway.domain.one_offs.stop import stop
from headway.domain.one_offs.unit import unit_of
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.model.apps import App, Change, Container, ContainerType
from headway.model.deployments import Release
from headway.model.domains import Domain
from headway.model.files import ROOT, File
from headway.model.one_offs import OneOff, Wish
from headway.model.operations import Actor, Operation
from headway.store import apps, containers, domains, files, one_offs, releases
from headway.store.database import Tx

PROCFILE = "web: serve\nworker: work\n"
NEXT_PROCFILE = "web: serve the next\nclock: tick\npostdeploy: echo migrated\n"
_WHO = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation of one type is asked for, on an app that runs two web containers and a worker."""

    submit: Callable[[World, App, Actor], Awaitable[Operation]]
    before: Callable[[World, App, Actor], Awaitable[None]] | None = None
    """What is brought about before it is asked for, where that needs more than the app."""
    serves: Callable[[App], tuple[str, ...]] = lambda app: (app.name,)
    """The names by one of which the app is served at every moment, and at the end."""
    leaves_app: bool = True
    """Whether the app is there after it has succeeded."""


async def running_app(world: World, by: Actor, name: str) -> App:
    """An app that was deployed, and serves."""
    app = await create(world, name, by)
    source = BuildSource(
        archive=archive_in(world.config.folder, PROCFILE),
        app_id=ids.show(app.id),
        app=name,
        ref="v1",
        environment={},
        build_id=ids.show(world.ids.next()),
    )
    slug = await world.builder.build(source, lambda _line: None)
    now = world.clock.now()
    release = Release(world.ids.next(), app.id, 0, slug.digest, dict(slug.processes), {}, "v1", now)
    wanted = [
        ContainerType(world.ids.next(), app.id, kind, amount, "M", slug.processes[kind])
        for kind, amount in (("web", 2), ("worker", 1))
    ]
    theirs = formation.arranged(wanted, [], release.id, world.ids, now)
    await world.database.write(lambda tx: _keep(tx, app, release, wanted, theirs))
    await running.start(world, app.id, theirs)
    for it in theirs:
        await world.runtime.ready(ids.show(it.id), seconds=10)
    await world.router.route(await running.route_of(world, await running.app_of(world, app.id), theirs))
    return await world.database.read(lambda tx: apps.get(tx, app.id))


async def _keep(
    tx: Tx, app: App, release: Release, wanted: list[ContainerType], theirs: list[Container]
) -> None:
    await releases.keep(tx, release)
    await containers.keep_types(tx, wanted)
    await containers.replace(tx, app.id, theirs)
    await apps.released(tx, app.id, release.id, release.created_at)


def archive_in(folder: Path, procfile: str) -> Path:
    """An archive of source: a Procfile and nothing else."""
    file = folder / f"{abs(hash(procfile))}.tar.gz"
    file.write_bytes(archive(procfile))
    return file


def archive(procfile: str, more: Mapping[str, bytes] = {}) -> bytes:
    """The same, as bytes, with more files if need be."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        for name, content in {"Procfile": procfile.encode(), **more}.items():
            member = tarfile.TarInfo(f"source/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


async def _scale(world: World, app: App, by: Actor) -> Operation:
    """One web container more, all of another size; no worker."""
    changes = [Change(name="web", amount=3, size="L"), Change(name="worker", amount=0)]
    return (await scale(world, app, changes, by))[1]


async def _restart(world: World, app: App, by: Actor) -> Operation:
    return await restart(world, app, [], by)


async def _rename(world: World, app: App, by: Actor) -> Operation:
    return await rename(world, app, f"{app.name}-too", by, current=app.name)


async def _configure(world: World, app: App, by: Actor) -> Operation:
    return await configure(world, app, {"sticky_session": True, "router_logs": True}, by)


async def _delete(world: World, app: App, by: Actor) -> Operation:
    return await delete(world, app, app.name, by)


async def committed(world: World, app: App, procfile: str) -> str:
    """A commit in the app's repository that holds a Procfile and nothing else; no branch is there yet."""
    await keep.ensure(world, app.id)
    blob = await keep.asked(world, app.id, "hash-object", "-w", "--stdin", fed=procfile.encode())
    tree = await keep.asked(world, app.id, "mktree", fed=f"100644 blob {blob.strip()}\tProcfile\n".encode())
    return (await keep.asked(world, app.id, *_WHO, "commit-tree", tree.strip(), "-m", "one")).strip()


async def _deploy(world: World, app: App, by: Actor) -> Operation:
    commit, before = await committed(world, app, NEXT_PROCFILE), await keep.at(world, app.id, "main")
    origin = Origin(source_url="git:main", commit=commit, branch="main", before=before)
    return (await push(world, app, origin, by))[1]


async def _a_newer_release(world: World, app: App, _by: Actor) -> None:
    """A release of the same slug that serves instead of the one before, though no operation made it."""

    async def body(tx: Tx) -> None:
        assert app.release_id is not None
        before = await releases.get(tx, app.release_id)
        newer = msgspec.structs.replace(before, id=world.ids.next(), variables={"NEW": "1"}, ref="v2")
        await releases.keep(tx, newer)
        await apps.released(tx, app.id, newer.id, newer.created_at)
        theirs = await containers.of_app(tx, app.id)
        await containers.replace(
            tx, app.id, [msgspec.structs.replace(it, release_id=newer.id) for it in theirs]
        )

    await world.database.write(body)


async def _rollback(world: World, app: App, by: Actor) -> Operation:
    return await rollback(world, app, None, by)


async def _start_one_off(world: World, app: App, by: Actor) -> Operation:
    wish = Wish(command="work beside", environment={"SECRET": "word"}, detached=True)
    return (await start(world, app, wish, by))[1]


async def _a_one_off(world: World, app: App, by: Actor) -> None:
    """A detached one-off that runs, though no operation began it."""
    assert app.release_id is not None
    it = OneOff(
        id=world.ids.next(),
        app_id=app.id,
        index=1,
        account_id=by.account_id,
        operation_id=0,
        command="work beside",
        environment={},
        size="M",
        detached=True,
        release_id=app.release_id,
        created_at=world.clock.now(),
        settled_at=None,
        finished_at=None,
        exit_code=None,
        reason="",
    )
    await world.database.write(lambda tx: _keep_one_off(tx, it))
    await world.runtime.ensure(await unit_of(world, it))


async def _keep_one_off(tx: Tx, it: OneOff) -> None:
    await one_offs.insert(tx, it)
    await one_offs.settle(tx, it.id, it.created_at)


async def _stop_one_off(world: World, app: App, by: Actor) -> Operation:
    return await stop(world, app, "one-off-1", by)


async def _a_folder(world: World, app: App, by: Actor) -> None:
    """A folder called like the app: three files in it, and a folder with one more."""
    top = await create_folder(world, app.name, ROOT, by)
    below = await create_folder(world, "below", top.id, by)
    for n, container in enumerate((top, top, top, below)):
        await _a_file(world, f"{n}.csv", f"a,b\n{app.name},{n}\n".encode(), container, by)


async def _a_file(world: World, name: str, content: bytes, container: File, by: Actor) -> File:
    async def chunks():  # noqa: ANN202 - an async generator of bytes
        yield content

    wish = FileWish(name=name, container_id=container.id, media="text/csv")
    return await create_file(world, wish, chunks(), by)


async def folder_of(world: World, app: App, by: Actor) -> File:
    """The folder that the examples of files are about."""
    at_root = await world.database.read(lambda tx: files.children(tx, by.account_id, ROOT, 0, 10_000))
    return next(it for it in at_root if it.name == app.name)


async def _copy(world: World, app: App, by: Actor) -> Operation:
    return await copy(world, (await folder_of(world, app, by)).id, ROOT, by, name=f"copy of {app.name}")


async def _export(world: World, app: App, by: Actor) -> Operation:
    return await export(world, (await folder_of(world, app, by)).id, "", by)


async def _a_domain(world: World, app: App, by: Actor) -> None:  # noqa: ARG001 - as all of them
    """A domain without a certificate, though one is wanted of an authority."""
    it = Domain(world.ids.next(), app.id, f"{app.name}.example.org", False, True, None, 0, None, "", "", 0)
    await world.database.write(lambda tx: domains.insert(tx, it))
    await world.sites.show(app.id)


async def _certify(world: World, app: App, by: Actor) -> Operation:
    async def body(tx: Tx) -> Operation | None:
        return await certify(world, tx, (await domains.of_app(tx, app.id))[0], by)

    operation = await world.database.write(body)
    assert operation is not None
    return operation


EXAMPLES: dict[str, Example] = {
    "app.scale": Example(submit=_scale),
    "app.restart": Example(submit=_restart),
    "app.start_one_off": Example(submit=_start_one_off),
    "app.stop_one_off": Example(submit=_stop_one_off, before=_a_one_off),
    "app.rename": Example(submit=_rename, serves=lambda app: (app.name, f"{app.name}-too")),
    "app.configure": Example(submit=_configure),
    "app.delete": Example(submit=_delete, serves=lambda _: (), leaves_app=False),
    "app.rollback": Example(submit=_rollback, before=_a_newer_release),
    "deployment.deploy": Example(submit=_deploy),
    "file.copy": Example(submit=_copy, before=_a_folder),
    "file.export": Example(submit=_export, before=_a_folder),
    "domain.certify": Example(submit=_certify, before=_a_domain),
}
