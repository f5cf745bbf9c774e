"""Every operation type, with the power cut at every moment: forward, and while it turns back; on both databases.

The world outside (containers, routes, slugs, the database) lives on; the process that acts on it dies at the n-th
thing it does, for n = 1, 2, 3 … until there is nothing left to die at. Then another one starts.
"""

import zipfile
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from headway.domain.catalog import CATALOG
from headway.domain.deployments.deploy import DEPLOY, Deploy
from headway.domain.repositories import keep
from headway.domain.world import World
from headway.engine.worker import Worker
from headway.ids import show
from headway.model.apps import App
from headway.model.files import Export, File
from headway.model.operations import Operation, Phase
from headway.routers.port import Site
from headway.store import certificates, containers, domains, events, exports, files, one_offs, operations
from headway.store.database import Tx
from headway.testing.examples import EXAMPLES, running_app
from headway.testing.failing import failing_at
from headway.testing.fuse import Fuse
from headway.testing.pool_examples import POOL_EXAMPLES
from tests.outside import Catalog, Outside, ended, lived
from tests.power.telling import told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CUTS_MAX = 200


async def cut_everywhere(
    outside: Outside,
    name: str,
    catalog: Catalog,
    expected: set[Phase],
    meanwhile: Callable[[World, Worker[World], int], Awaitable[None]] | None = None,
) -> None:
    """Run the example of the type again and again, each time dying one thing later."""
    for cut in range(1, CUTS_MAX):
        app = await prepared(outside, name, f"app-{name.partition('.')[2].replace('_', '-')}-{cut}")
        fuse = Fuse(cut, watch=lambda _thing, app=app: outside.serves_by(*EXAMPLES[name].serves(app)))
        survived = await one_life(outside, name, catalog, app, fuse, meanwhile)
        await second_life(outside, catalog, app, accepted_may_be_missing=not survived)
        await consistent(outside, app, expected)
        # Those of earlier cuts would be looked through at each thing of the later ones.
        await outside.forgets(app)
        if survived:
            assert cut > 10, "the fuse was passed too rarely to mean anything"
            return
    raise AssertionError(f"still something to die at after {CUTS_MAX} cuts: {fuse.things}")


async def prepared(outside: Outside, name: str, app_name: str) -> App:
    """An app that serves, and what else the example needs."""
    world = outside.process(CATALOG, Fuse())[0]
    app = await running_app(world, outside.by, app_name)
    if (before := EXAMPLES[name].before) is not None:
        await before(world, app, outside.by)
    return app


async def one_life(outside, name, catalog, app, fuse, meanwhile) -> bool:
    world, worker = outside.process(catalog, fuse)

    async def work() -> None:
        operation = await EXAMPLES[name].submit(world, app, outside.by)
        if meanwhile is not None:
            await meanwhile(world, worker, operation.id)
        await ended(outside, operation.id)

    return await lived(worker, work)


async def second_life(outside: Outside, catalog: Catalog, app, *, accepted_may_be_missing: bool) -> None:
    """What was accepted is finished by the next process, and nothing else is begun."""
    await outside.settled()
    found = await begun(outside, app)
    assert len(found) <= 1
    assert found or accepted_may_be_missing
    _, worker = outside.process(catalog, Fuse())
    for operation in found:
        assert await lived(worker, lambda it=operation: ended(outside, it.id))


async def begun(outside: Outside, app: App) -> list[Operation]:
    """What was begun since the app was made."""
    mine = await outside.database.read(lambda tx: operations.newest(tx, account_id=outside.by.account_id))
    return [it for it in mine if it.id > app.id]


async def consistent(outside: Outside, app, expected: set[Phase]) -> None:
    """The invariants of an operation that has ended, and of the app that it was about."""
    found = await begun(outside, app)
    for operation in found:
        assert operation.phase in expected, operation
        assert operation.owner is None
        history = await outside.database.read(lambda tx, it=operation: events.of_operation(tx, it.id))
        told(operation, history)
        if operation.type.startswith("file."):
            await files_agree(outside, app, operation)
    gone = any(it.phase is Phase.SUCCEEDED and not EXAMPLES[it.type].leaves_app for it in found)
    rows = await outside.database.read(lambda tx: containers.of_app(tx, app.id))
    there = {it.id: it for it in await outside.runtime.units(show(app.id))}
    # A one-off that has ended stays until its keeper has seen it, and here is none.
    units = {id: it for id, it in there.items() if it.state != "ended"}
    beside = await outside.database.read(lambda tx: one_offs.active(tx, app.id))
    wanted = {show(it.id) for it in [*rows, *beside]} - (set(there) - set(units))
    assert set(units) == wanted, "a container is left over, or missing"
    assert all(it.settled_at is not None for it in beside)
    routes = [it for it in await outside.router.routes() if it.app_id == show(app.id)]
    if gone:
        assert (rows, routes) == ([], []), "something of the app is left over"
        return
    (route,) = routes
    assert {(it.host, it.port) for it in route.endpoints} == {
        units[show(it.id)].address for it in rows if it.type == "web"
    }
    await certificates_as_told(outside, app, found)
    now = await outside.app(app)
    assert route.hostnames == (f"{now.name}.localhost",)
    assert (route.force_https, route.sticky_session) == (now.force_https, now.sticky_session)
    outside.serves(*route.hostnames)
    await branch_agrees(outside, app, found)
    release = now.release_id
    assert all(it.release_id == release or found[0].type == "app.scale" for it in rows if found)


async def certificates_as_told(outside: Outside, app: App, found: list[Operation]) -> None:
    """The router serves what the rows say, and a domain has a certificate exactly if one was had for it."""
    sites = {it.app_id: it for it in await outside.router.sites()}
    hosts = {it.name: it.certificate for it in sites.get(show(app.id), Site(app_id="")).hosts}
    for it in await outside.database.read(lambda tx: domains.of_app(tx, app.id)):
        kept = await outside.database.read(lambda tx, it=it: certificates.served(tx, it.id))
        assert kept == ((hosts[it.name].chain, hosts[it.name].key) if hosts[it.name] else None)
        assert it.certifying is None
        if found:
            assert (kept is not None) == (found[0].phase is Phase.SUCCEEDED)
            assert (it.failures > 0) == (found[0].phase is not Phase.SUCCEEDED)


async def branch_agrees(outside: Outside, app: App, found: list[Operation]) -> None:
    """The branch that was pushed is where what serves came from."""
    for operation in found:
        if operation.type == DEPLOY.name:
            origin = msgspec.json.decode(operation.params, type=Deploy).origin
            there = await keep.at(outside.process()[0], app.id, origin.branch)
            assert there == (origin.commit if operation.phase is Phase.SUCCEEDED else origin.before)


async def files_agree(outside: Outside, app: App, operation: Operation) -> None:
    """All of it is there, or nothing; and every content that somebody could ask for is whole."""
    succeeded = operation.phase is Phase.SUCCEEDED

    async def kept(tx: Tx) -> tuple[list[File], Export | None]:
        made = await files.of_operation(tx, operation.id, 0, 100)
        is_export = operation.type == "file.export" and succeeded
        return made, await exports.get(tx, operation.id) if is_export else None

    made, exported = await outside.database.read(kept)
    assert len(made) == (6 if succeeded and exported is None else 0)
    for digest in {file.digest for file in made if file.digest} | ({exported.digest} if exported else set()):
        await outside.blobs.verify(digest)
    if exported is not None:
        with zipfile.ZipFile(outside.blobs.path(exported.digest)) as made_zip:
            assert made_zip.testzip() is None
            assert len(made_zip.namelist()) == 6


def test_every_type_has_an_example() -> None:
    assert set(EXAMPLES) | set(POOL_EXAMPLES) == set(CATALOG)


@pytest.mark.parametrize("name", EXAMPLES)
async def test_it_succeeds_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    await cut_everywhere(outside, name, CATALOG, {Phase.SUCCEEDED})


@pytest.mark.parametrize("name", EXAMPLES)
async def test_it_takes_everything_back_wherever_the_power_is_cut(outside: Outside, name: str) -> None:
    last = len(CATALOG[name].steps) - 1
    await cut_everywhere(outside, name, {name: failing_at(CATALOG[name], last)}, {Phase.FAILED})


@pytest.mark.parametrize(
    ("name", "index"), [(name, index) for name in EXAMPLES for index in range(len(CATALOG[name].steps) - 1)]
)
async def test_it_takes_back_what_was_done_before_a_step_that_fails(
    outside: Outside, name: str, index: int
) -> None:
    catalog: Catalog = {name: failing_at(CATALOG[name], index)}
    app = await prepared(outside, name, "app-broken")
    assert await one_life(outside, name, catalog, app, Fuse(), None)
    await consistent(outside, app, {Phase.FAILED})
