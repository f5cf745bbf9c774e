"""A real ACME authority, asked through our own router."""

import asyncio
import contextlib
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from headway.authorities.acme import Acme
from headway.clock import SystemClock
from headway.errors import Failure, Retry
from headway.model.certificates import checked
from headway.routers.envoy import Envoy
from headway.routers.port import Certificate, Challenge, Host, Site
from tests.authorities.pebble import Pebble, pebble
from tests.routers.certificates import HOST, TlsClient
from tests.routers.traffic import Container, free_port, route, served, settings

CLOCK = SystemClock()


class Stage:
    """An authority that runs, and a router that it asks."""

    def __init__(self, folder: Path, envoy: Envoy, its: Pebble, tls_port: int, container: Container) -> None:
        self.folder, self.envoy, self.its, self.container = folder, envoy, its, container
        self.tls = TlsClient(tls_port, its.trust)

    def acme(self, **changes: str) -> Acme:
        return Acme(
            self.folder / "acme",
            CLOCK,
            **({"directory": self.its.directory, "roots": self.its.roots} | changes),
        )

    def proving(self, host: str, answer: str = ""):
        """Answer for a host; wrongly with another answer than the one that is asked for."""

        @contextlib.asynccontextmanager
        async def prove(token: str, right: str) -> AsyncGenerator[None]:
            challenge = Challenge(host=host, token=token, answer=answer or right)
            await self.envoy.answer(challenge)
            yield
            await self.envoy.answer_no_more(challenge)

        return prove


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    its = settings(tls_host=HOST, tls_port=free_port())
    async with (
        pebble(tmp_path, its.port) as authority,
        Container() as container,
        served(Envoy(tmp_path / "router", its, CLOCK)) as envoy,
    ):
        yield Stage(tmp_path, envoy, authority, its.tls_port, container)


async def test_a_certificate_is_ordered_proved_issued_and_served(stage: Stage) -> None:
    acme = stage.acme()
    names = [f"{name}.example.org" for name in ("one", "two", "three")]
    issued = await asyncio.gather(*(acme.issue(name, stage.proving(name)) for name in names))
    await stage.envoy.route(route("shop", stage.container.endpoint))
    hosts = [
        Host(name=name, certificate=Certificate(chain=it.chain, key=it.key))
        for name, it in zip(names, issued, strict=True)
    ]
    await stage.envoy.site(Site(app_id="shop", hosts=tuple(hosts)))
    for name, it in zip(names, issued, strict=True):
        assert checked(it.chain, it.key, name, CLOCK.now()).key
        assert (await stage.tls.ask(name)).status == 200


async def test_an_account_is_made_once_and_its_key_is_nobody_else_s_to_read(stage: Stage) -> None:
    for _ in range(2):
        await stage.acme(email="admin@example.com").issue("a.example.org", stage.proving("a.example.org"))
    (file,) = (stage.folder / "acme").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_an_account_that_the_authority_does_not_know_any_more_is_made_anew(stage: Stage) -> None:
    acme = stage.acme()
    await acme.issue("a.example.org", stage.proving("a.example.org"))
    its = acme._client
    assert its is not None
    assert its.net.account is not None
    its.net.account = its.net.account.update(uri=f"{its.net.account.uri}0")
    with pytest.raises(Retry, match="accountDoesNotExist"):
        await acme.issue("b.example.org", stage.proving("b.example.org"))
    await acme.issue("b.example.org", stage.proving("b.example.org"))


async def test_who_does_not_prove_that_the_name_is_led_here_gets_none_and_is_told_why(stage: Stage) -> None:
    with pytest.raises(Failure) as failed:
        await stage.acme().issue("a.example.org", stage.proving("a.example.org", answer="wrong"))
    assert failed.value.code == "acme-unauthorized"
    assert "wrong" in failed.value.text


async def test_an_authority_that_does_not_answer_is_asked_again(stage: Stage) -> None:
    acme = stage.acme(directory=f"https://{HOST}:1/dir")
    with pytest.raises(Retry):
        await acme.issue("a.example.org", stage.proving("a.example.org"))


async def test_an_authority_for_which_nobody_vouches_is_not_trusted(stage: Stage) -> None:
    with pytest.raises(Retry, match=r"(?i)certificate"):
        await stage.acme(roots="").issue("a.example.org", stage.proving("a.example.org"))
