"""A certificate is renewed by a real authority while its name is being visited."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headway.authorities.acme import Acme
from headway.clock import SystemClock
from headway.domain.domains.add import Wish, add
from headway.domain.domains.renew import renew
from headway.model.operations import Phase
from headway.routers.envoy import Envoy
from headway.store import operations
from headway.store.database import Database
from headway.testing.examples import running_app
from tests.authorities.pebble import Pebble, pebble
from tests.outside import Outside
from tests.ready_made import HandClock
from tests.routers.certificates import HOST, TlsClient, shown
from tests.routers.traffic import Container, Load, free_port, route, served, settings

pytestmark = pytest.mark.slow
NAME = "shop.example.org"
YEARS = 4
"""Of the five that this authority's certificates are good for."""


class Visits(Load):
    """Constant traffic over TLS, to one name, by clients that trust the authority and nobody else."""

    def __init__(self, tls: TlsClient) -> None:
        super().__init__(_Named(tls), [NAME])


class _Named:
    """As the client of plain traffic is spoken to."""

    def __init__(self, tls: TlsClient) -> None:
        self._tls = tls

    async def connect(self):
        return await self._tls.connect(NAME)

    async def ask(self, host: str):
        return await self._tls.ask(host)


@pytest.fixture
async def renewed(tmp_path: Path, database: Database) -> AsyncIterator[tuple[Outside, Pebble, int]]:
    """A platform with a domain, whose certificate is four years old."""
    its = settings(tls_host=HOST, tls_port=free_port())
    async with (
        pebble(tmp_path, its.port) as authority,
        Outside(tmp_path, database).open() as outside,
        served(Envoy(tmp_path / "router", its, SystemClock())) as envoy,
        Container() as container,
    ):
        outside.router = envoy
        outside.authority = Acme(tmp_path / "acme", SystemClock(), authority.directory, roots=authority.roots)
        app = await running_app(outside.process()[0], outside.by, "hello-world")
        await envoy.route(route(f"{app.id:x}", container.endpoint, app_id=(await envoy.routes())[0].app_id))
        async with outside.at_work() as world:
            await add(world, app, Wish(name=NAME), outside.by)
            (first,) = await outside.database.read(lambda tx: operations.newest(tx, target=f"app:{app.id}"))
            assert (await outside.end_of(first)).phase is Phase.SUCCEEDED
        outside.clock = HandClock()
        outside.clock.ahead = YEARS * 365 * 86_400
        yield outside, authority, its.tls_port


async def test_no_request_fails_while_a_certificate_is_renewed(renewed: tuple[Outside, Pebble, int]) -> None:
    outside, authority, port = renewed
    load = Visits(TlsClient(port, authority.trust))
    before = await shown(port, NAME)
    async with load.flow(8), outside.at_work() as world:
        (operation,) = await renew(world)
        assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
        seen = load.requests
        while load.requests < seen + 100:
            await asyncio.sleep(0.01)
    after = await shown(port, NAME)
    assert load.failures == []
    assert after.serial_number != before.serial_number
