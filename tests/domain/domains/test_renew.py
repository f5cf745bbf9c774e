"""Asking for what is due."""

import asyncio

import pytest

from headway.domain.domains.add import Wish, add
from headway.domain.domains.renew import AT_ONCE_MAX, Renewer, renew
from headway.errors import Failure
from headway.model.apps import App
from headway.model.operations import Phase
from headway.routers.fallback import DAYS
from headway.store import certificates, domains
from headway.testing.examples import running_app
from tests.model.test_certificates import NAME
from tests.outside import Outside
from tests.ready_made import HandClock
from tests.records import a_domain


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


@pytest.fixture
def clock(outside: Outside) -> HandClock:
    """Of processes that come."""
    outside.clock = HandClock()
    outside.authority._clock = outside.clock
    return outside.clock


async def ended(outside: Outside) -> list[Phase]:
    """How that ended which a process found due. It is a new one: its clock does not jump while it is at work."""
    async with outside.at_work() as world:
        return [(await outside.end_of(it)).phase for it in await renew(world)]


async def chain(outside: Outside) -> str:
    (site,) = await outside.router.sites()
    (host,) = site.hosts
    assert host.certificate is not None
    return host.certificate.chain


async def a_wanted_one(outside: Outside, app: App) -> None:
    """A domain without a certificate."""
    await outside.database.write(lambda tx: domains.insert(tx, a_domain(app_id=app.id)))


async def test_a_certificate_is_renewed_when_two_thirds_of_its_life_are_over(
    outside: Outside, app: App, clock: HandClock
) -> None:
    await a_wanted_one(outside, app)
    assert await ended(outside) == [Phase.SUCCEEDED]
    first = await chain(outside)
    clock.ahead = DAYS * 86_400 * 2 // 3 - 7200
    assert await ended(outside) == []
    clock.ahead += 7200
    assert await ended(outside) == [Phase.SUCCEEDED]
    assert await chain(outside) != first
    assert await ended(outside) == []
    (it,) = await outside.database.read(lambda tx: domains.of_app(tx, app.id))
    assert len(await outside.database.read(lambda tx: certificates.of_domain(tx, it.id))) == 1


async def test_after_a_failure_it_is_asked_again_when_the_pause_is_over_and_the_old_one_is_served_on(
    outside: Outside, app: App, clock: HandClock
) -> None:
    await a_wanted_one(outside, app)
    await ended(outside)
    first = await chain(outside)
    clock.ahead = DAYS * 86_400 * 3 // 4
    outside.authority.trouble = Failure("acme-caa", "not allowed")
    for pause in (0, 600, 1200):
        clock.ahead += pause
        assert await ended(outside) == [Phase.FAILED]
        assert await ended(outside) == []
    assert await chain(outside) == first
    outside.authority.trouble = None
    clock.ahead += 2400
    assert await ended(outside) == [Phase.SUCCEEDED]


async def test_an_authority_is_asked_about_a_few_at_a_time_and_by_one_process(
    outside: Outside, app: App
) -> None:
    for n in range(AT_ONCE_MAX + 3):
        it = a_domain(id=100 + n, app_id=app.id, name=f"n{n}.example.org")
        await outside.database.write(lambda tx, it=it: domains.insert(tx, it))
    one, two = (outside.process()[0] for _ in range(2))
    begun = [*await renew(one), *await renew(two)]
    assert len(begun) == len({it.params for it in begun}) == AT_ONCE_MAX


async def test_the_service_asks_when_it_begins(outside: Outside, app: App) -> None:
    await a_wanted_one(outside, app)
    async with outside.at_work() as world, asyncio.TaskGroup() as group:
        ready, stop, changed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        unlisten = outside.database.listen(lambda _: changed.set())
        group.create_task(Renewer(world).serve(ready, stop))
        while not await outside.router.sites():
            await changed.wait()
            changed.clear()
        unlisten()
        stop.set()
    assert await chain(outside)


async def test_what_nobody_wants_is_not_asked_for(outside: Outside, app: App) -> None:
    async with outside.at_work() as world:
        it = await add(world, app, Wish(name=NAME, automatic=False), outside.by)
        assert await renew(world) == []
        assert it.certifying is None
