"""Which certificates Envoy serves: what it is told, and what then comes over the wire."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509

from headway.clock import SystemClock
from headway.routers.envoy import Envoy
from headway.routers.envoy_config import listeners
from headway.routers.envoy_terms import Settings
from headway.routers.fallback import self_signed
from headway.routers.port import Certificate, Challenge, Host, Site
from tests.routers.certificates import Authority, TlsClient, shown
from tests.routers.traffic import HOST, Client, Container, free_port, route, served, settings

CLOCK = SystemClock()
SETTINGS = Settings(host=HOST, port=8080, workers=2, tls_host=HOST, tls_port=8443)
FALLBACK = self_signed("headway.invalid", CLOCK.now())
AUTHORITY = Authority()


def chains(*sites: Site) -> list[list[str]]:
    """The names of each chain of the listener over TLS."""
    _, tls = listeners(SETTINGS, sites, FALLBACK)["resources"]
    return [chain["filter_chain_match"]["server_names"] for chain in tls["filter_chains"]]


def host(name: str) -> Host:
    return Host(name=name, certificate=Certificate(chain="chain", key="key"))


def test_without_a_port_for_it_nothing_is_served_over_tls() -> None:
    plain = Settings(host=HOST, port=8080, workers=2)
    assert len(listeners(plain, [Site(app_id="a", hosts=(host("a.org"),))], FALLBACK)["resources"]) == 1


def test_each_name_with_a_certificate_has_a_chain_of_its_own() -> None:
    site = Site(app_id="a", hosts=(host("a.org"), Host(name="b.org"), host("c.org")))
    assert chains(site) == [["a.org"], ["c.org"]]


def test_a_name_that_two_claim_or_that_is_none_does_not_spoil_the_others() -> None:
    told = chains(
        Site(app_id="b", hosts=(host("x.org"), host("bad host"))), Site(app_id="a", hosts=(host("x.org"),))
    )
    assert told == [["x.org"]]


def test_what_is_printed_of_a_certificate_has_nothing_of_its_key() -> None:
    assert "secret" not in repr(Certificate(chain="chain", key="secret"))


@pytest.fixture
async def one() -> AsyncIterator[Container]:
    async with Container() as container:
        yield container


@pytest.fixture
def its() -> Settings:
    return settings(tls_host=HOST, tls_port=free_port())


def site(*names: str, canonical: str = "") -> Site:
    hosts = tuple(Host(name=name, certificate=AUTHORITY.certificate(name)) for name in names)
    return Site(app_id="shop", hosts=hosts, canonical=canonical)


async def test_two_names_are_served_with_a_certificate_each_and_all_others_with_a_self_signed_one(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    tls = TlsClient(its.tls_port, AUTHORITY.trust())
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        await envoy.site(site("one.example.org", "two.example.org"))
        for name in ("one.example.org", "two.example.org"):
            answer = await tls.ask(name)
            assert answer.status == 200
            assert b"x-forwarded-proto: https" in answer.body
            assert f"x-forwarded-port: {its.tls_port}".encode() in answer.body.lower()
        with pytest.raises(ssl.SSLCertVerificationError):
            await tls.ask("shop.localhost")
        other = await shown(its.tls_port, "shop.localhost")
        assert other.issuer == other.subject
    assert not [file for file in tmp_path.rglob("*.json") if file.stat().st_mode & 0o077]


async def test_once_a_site_returns_every_worker_serves_its_new_certificate(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        for turn in range(15):
            given = site("shop.example.org", f"turn-{turn}.example.org")
            await envoy.site(given)
            for it in given.hosts:
                seen = await asyncio.gather(*(shown(its.tls_port, it.name) for _ in range(8)))
                assert it.certificate is not None
                assert set(seen) == {x509.load_pem_x509_certificate(it.certificate.chain.encode())}


async def test_a_connection_outlives_the_certificate_that_it_was_opened_with(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    tls = TlsClient(its.tls_port, AUTHORITY.trust())
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        await envoy.site(site("shop.example.org", "other.example.org"))
        kept = await tls.connect("shop.example.org")
        for _ in range(5):
            await envoy.site(site("shop.example.org", "other.example.org"))
            assert (await kept.ask("/", headers={"Host": "shop.example.org"})).status == 200
        kept.close()


async def test_names_and_certificates_are_there_after_a_restart(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    tls = TlsClient(its.tls_port, AUTHORITY.trust())
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        await envoy.site(given := site("shop.example.org"))
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        assert await envoy.sites() == [given]
        assert (await tls.ask("shop.example.org")).status == 200


async def test_who_insists_on_https_is_redirected_to_its_port_by_any_method(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint, force_https=True))
        await envoy.site(site("shop.example.org"))
        answer = await client.ask("shop.example.org:80", "/cart?a=1")
        assert (answer.status, answer.headers["location"]) == (
            301,
            f"https://shop.example.org:{its.tls_port}/cart?a=1",
        )
        connection = await client.connect()
        answer = await connection.ask("/cart?a=1", method="POST", headers={"Host": "shop.example.org"})
        connection.close()
        assert answer.status == 308
        assert (await TlsClient(its.tls_port, AUTHORITY.trust()).ask("shop.example.org")).status == 200


async def test_an_authority_is_answered_before_anything_else(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    client = Client(its.port)
    asked = [
        Challenge(host=f"{name}.example.org", token="abc", answer=f"{name}.xyz") for name in ("shop", "new")
    ]
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint, force_https=True))
        await envoy.site(
            Site(
                app_id="shop",
                hosts=(Host(name="shop.example.org"), Host(name="www.example.org")),
                canonical="www.example.org",
            )
        )
        for it in asked:
            await envoy.answer(it)
        for it in asked:
            answer = await client.ask(f"{it.host}:80", it.path)
            assert (answer.status, answer.body.decode()) == (200, it.answer)
            await envoy.answer_no_more(it)
        assert (await client.ask("new.example.org", asked[1].path)).status == 404
        assert (await client.ask("shop.example.org", asked[0].path)).status == 301


async def test_the_longest_names_are_served_and_answered_like_others(
    tmp_path: Path, one: Container, its: Settings
) -> None:
    name = ".".join(("x" * 63, "y" * 63, "z" * 63, "w" * 57, "org"))
    client = Client(its.port)
    async with served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        await envoy.site(Site(app_id="shop", hosts=(host_of(name), Host(name="a.org")), canonical=name))
        await envoy.answer(Challenge(host=name, token="abc", answer="here"))
        assert (await client.ask(name, "/.well-known/acme-challenge/abc")).body == b"here"
        assert await client.ask_app(name) == one.endpoint.port
        assert (await client.ask("a.org")).headers["location"] == f"http://{name}:{its.port}/"
        assert await shown(its.tls_port, name)


def host_of(name: str) -> Host:
    return Host(name=name, certificate=AUTHORITY.certificate("short.example.org", name))
