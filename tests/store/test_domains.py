"""Domains in the database."""

import pytest

from headway.errors import Invalid, NotFound
from headway.store import apps, certificates, domains
from headway.store.database import Database, NotUnique
from tests.records import AT, a_domain
from tests.store.of_an_app import with_apps
from tests.store.test_certificates import PAIR


@pytest.fixture
async def with_domains(database: Database) -> Database:
    """Two domains of app 5, one of app 6."""
    await with_apps(database)
    for it in (
        a_domain(),
        a_domain(id=31, name="b.org", automatic=False),
        a_domain(id=32, app_id=6, name="c.org"),
    ):
        await database.write(lambda tx, it=it: domains.insert(tx, it))
    return database


async def test_one_is_read_as_it_was_kept(with_domains: Database) -> None:
    assert await with_domains.read(lambda tx: domains.get(tx, 5, 30)) == a_domain()
    assert [it.id for it in await with_domains.read(lambda tx: domains.of_app(tx, 5))] == [30, 31]
    assert await with_domains.read(domains.apps) == [5, 6]


async def test_one_of_another_app_is_not_found(with_domains: Database) -> None:
    for app_id, id in ((6, 30), (5, 99)):
        with pytest.raises(NotFound):
            await with_domains.read(lambda tx, app_id=app_id, id=id: domains.get(tx, app_id, id))


async def test_a_name_is_had_once_on_the_platform(with_domains: Database) -> None:
    with pytest.raises(Invalid) as refused:
        await with_domains.write(lambda tx: domains.insert(tx, a_domain(id=40, app_id=6)))
    assert set(refused.value.fields) == {"name"}


async def test_one_of_an_app_is_canonical_at_most(with_domains: Database) -> None:
    for id in (30, 31):
        await with_domains.write(lambda tx, id=id: domains.crown(tx, 5, id))
    assert await with_domains.read(lambda tx: domains.canonical(tx, 5)) == "b.org"
    assert await with_domains.read(lambda tx: domains.canonical(tx, 6)) is None
    with pytest.raises(NotUnique):
        await with_domains.write(lambda tx: tx.run(domains.SQL["crown"], id=30))
    await with_domains.write(lambda tx: domains.crown(tx, 5, None))
    assert await with_domains.read(lambda tx: domains.canonical(tx, 5)) is None


async def test_one_operation_at_a_time_asks_for_a_certificate(with_domains: Database) -> None:
    await with_domains.write(lambda tx: domains.certifying(tx, 30, 77))
    await with_domains.write(lambda tx: domains.certifying(tx, 30, 78))
    assert (await with_domains.read(lambda tx: domains.get(tx, 5, 30))).certifying == 77
    assert [it.id for it in await with_domains.read(domains.automatic)] == [32]
    assert await with_domains.read(domains.count_certifying) == 1
    assert not await with_domains.write(lambda tx: domains.certified(tx, 30, 78))
    assert await with_domains.write(lambda tx: domains.certified(tx, 30, 77))


async def test_failures_are_counted_until_one_succeeds_or_somebody_changes_it(with_domains: Database) -> None:
    for operation in (77, 78):
        await with_domains.write(lambda tx, it=operation: domains.certifying(tx, 30, it))
        await with_domains.write(
            lambda tx, it=operation: domains.failed(tx, 30, it, AT, problem="acme-dns", error="nothing found")
        )
    failed = a_domain(failures=2, failed_at=AT, problem="acme-dns", error="nothing found")
    assert await with_domains.read(lambda tx: domains.get(tx, 5, 30)) == failed
    await with_domains.write(lambda tx: domains.automate(tx, 30, automatic=True))
    assert await with_domains.read(lambda tx: domains.get(tx, 5, 30)) == a_domain()


async def test_they_go_with_their_app_and_so_do_their_certificates(with_domains: Database) -> None:
    await with_domains.write(lambda tx: certificates.insert(tx, 50, 30, PAIR, AT, own=True))
    await with_domains.write(lambda tx: apps.delete(tx, 5))
    assert await with_domains.read(domains.apps) == [6]
    assert await with_domains.read(lambda tx: certificates.get(tx, 50)) is None


async def test_one_that_is_deleted_is_gone(with_domains: Database) -> None:
    await with_domains.write(lambda tx: domains.delete(tx, 30))
    assert [it.id for it in await with_domains.read(lambda tx: domains.of_app(tx, 5))] == [31]
