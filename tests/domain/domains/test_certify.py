"""Having a certificate issued."""

import asyncio

import pytest

from headway.domain.domains.add import Wish, add
from headway.domain.domains.edit import Changes, Own, edit
from headway.domain.domains.remove import remove
from headway.errors import Failure, Retry
from headway.model.apps import App
from headway.model.domains import Domain
from headway.model.operations import Operation, Phase
from headway.store import certificates, domains, events, operations
from headway.testing.examples import running_app
from tests.model.test_certificates import GOOD, NAME
from tests.outside import Outside


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


async def begun(outside: Outside, app: App) -> Operation:
    """The newest operation on the app, once it has ended."""
    found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
    assert found[0].type == "domain.certify"
    return await outside.end_of(found[0])


async def now(outside: Outside, app: App, it: Domain) -> Domain:
    return await outside.database.read(lambda tx: domains.get(tx, app.id, it.id))


async def test_a_new_domain_has_one_issued_and_served(outside: Outside, app: App) -> None:
    async with outside.at_work() as world:
        it = await add(world, app, Wish(name=NAME), outside.by)
        operation = await begun(outside, app)
    assert (operation.phase, operation.exclusive) == (Phase.SUCCEEDED, False)
    kept = await outside.database.read(lambda tx: certificates.served(tx, it.id))
    (site,) = await outside.router.sites()
    certificate = site.hosts[0].certificate
    assert certificate is not None
    assert kept == (certificate.chain, certificate.key)
    assert (await now(outside, app, it)).certifying is None
    assert outside.router.answers(NAME, "/.well-known/acme-challenge/token") is None
    told = [one.name for one in await outside.database.read(lambda tx: events.after(tx, 0))]
    assert told.count("domain.certified") == 1


async def test_nothing_of_its_key_is_in_what_is_told_of_the_operation(outside: Outside, app: App) -> None:
    async with outside.at_work() as world:
        it = await add(world, app, Wish(name=NAME), outside.by)
        operation = await begun(outside, app)
    kept = await outside.database.read(lambda tx: certificates.served(tx, it.id))
    assert kept is not None
    secret = kept[1].splitlines()[1]
    told = await outside.database.read(lambda tx: events.after(tx, 0))
    assert secret not in str([one.data for one in told]) + operation.params + await outside.said(operation)


async def test_why_there_is_none_is_kept_and_told(outside: Outside, app: App) -> None:
    outside.authority.trouble = Failure("acme-dns", "no such name")
    async with outside.at_work() as world:
        it = await add(world, app, Wish(name=NAME), outside.by)
        assert (await begun(outside, app)).phase is Phase.FAILED
    after = await now(outside, app, it)
    assert (after.problem, after.error, after.failures) == ("acme-dns", "no such name", 1)
    assert after.certifying is None
    told = await outside.database.read(lambda tx: events.after(tx, 0))
    (failed,) = [one for one in told if one.name == "domain.certify_failed"]
    assert failed.data["text"] == "no such name"


async def test_an_authority_that_is_busy_is_asked_again(outside: Outside, app: App) -> None:
    outside.authority.trouble = Retry("busy")
    async with outside.at_work() as world:
        await add(world, app, Wish(name=NAME), outside.by)
        outside.authority.trouble = None
        assert (await begun(outside, app)).phase is Phase.SUCCEEDED


async def test_one_that_is_not_wanted_any_more_when_it_comes_is_forgotten(outside: Outside, app: App) -> None:
    given = asyncio.Event()
    issue = outside.authority.issue

    async def held(name, prove):
        issued = await issue(name, prove)
        await given.wait()
        return issued

    outside.authority.issue = held
    async with outside.at_work() as world:
        first = await add(world, app, Wish(name=NAME), outside.by)
        await edit(world, app, first.id, Changes(own=Own(chain=GOOD.chain, key=GOOD.key)), outside.by)
        second = await add(world, app, Wish(name="gone.example.org"), outside.by)
        await remove(world, app, second.id, outside.by)
        given.set()
        found = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
        ends = [(await outside.end_of(it)).phase for it in found]
    assert set(ends) == {Phase.SUCCEEDED, Phase.FAILED}
    (kept,) = await outside.database.read(lambda tx: certificates.of_domain(tx, first.id))
    assert kept.own
    (site,) = await outside.router.sites()
    assert [host.certificate and host.certificate.chain for host in site.hosts] == [GOOD.chain]


async def test_without_an_authority_or_without_tls_nothing_is_asked(outside: Outside, app: App) -> None:
    outside.settings(apps_tls="")
    async with outside.at_work() as world:
        it = await add(world, app, Wish(name=NAME), outside.by)
    assert it.certifying is None
    assert await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}")) == []
