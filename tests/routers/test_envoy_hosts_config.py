"""Which host leads where: told, and tried over the wire."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.clock import SystemClock
from headway.routers.envoy import Envoy
from headway.routers.envoy_hosts_config import PROBE_HOST, virtual_hosts
from headway.routers.envoy_terms import Settings
from headway.routers.port import Challenge, Endpoint, Host, Route, Site
from tests.routers.traffic import HOST, Client, Container, route, served, settings

CLOCK = SystemClock()
PLAIN = Settings(host=HOST, port=8080, workers=2)
TLS = Settings(host=HOST, port=8080, workers=2, tls_host=HOST, tls_port=8443)
ONE = Endpoint(host="10.0.0.1", port=5000)
NAMES = ["a.org", "b.org", "shop.localhost", "bad host", "*", "", PROBE_HOST]

some_names = st.lists(st.sampled_from(NAMES), max_size=4).map(tuple)
some_sites = st.lists(
    st.builds(
        Site,
        app_id=st.sampled_from("abc"),
        hosts=some_names.map(lambda names: tuple(Host(name=name) for name in names)),
        canonical=st.sampled_from(NAMES),
    ),
    max_size=3,
    unique_by=lambda site: site.app_id,
)
some_routes = st.lists(
    st.builds(
        Route,
        app_id=st.sampled_from("abc"),
        app=st.just("x"),
        hostnames=some_names,
        force_https=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda route: route.app_id,
)
some_challenges = st.lists(
    st.builds(Challenge, host=st.sampled_from(NAMES), token=st.just("t"), answer=st.just("a")), max_size=3
)


def site(*names: str, canonical: str = "", app: str = "shop") -> Site:
    return Site(app_id=app, hosts=tuple(Host(name=name) for name in names), canonical=canonical)


def told(its: Settings, routes: list[Route], *sites: Site) -> dict[str, list[dict[str, Any]]]:
    """The routes of each virtual host, by the names that it is for."""
    return {" ".join(it["domains"]): it["routes"] for it in virtual_hosts(routes, sites, (), its)}


@given(some_routes, some_sites, some_challenges, st.sampled_from([PLAIN, TLS]))
def test_no_name_and_no_host_is_told_twice_and_every_request_has_a_route(
    routes: list[Route], sites: list[Site], challenges: list[Challenge], its: Settings
) -> None:
    hosts = virtual_hosts(routes, sites, challenges, its)
    domains = [name for host in hosts for name in host["domains"]]
    assert len(domains) == len(set(domains))
    assert len(hosts) == len({host["name"] for host in hosts})
    assert all(host["domains"] for host in hosts)
    assert all(host["routes"][-1]["match"] == {"prefix": "/"} for host in hosts)
    assert not {"*", "", "bad host", PROBE_HOST} & set(domains)


def test_the_names_of_a_site_lead_where_the_route_does() -> None:
    assert list(told(PLAIN, [route("shop", ONE)], site("a.org", "B.org"))) == ["shop.localhost a.org b.org"]


def test_the_names_of_an_app_without_a_route_lead_nowhere() -> None:
    assert told(PLAIN, [], site("a.org")) == {}


def test_all_names_but_the_canonical_one_are_redirected_to_it() -> None:
    hosts = told(PLAIN, [route("shop", ONE)], site("a.org", "b.org", canonical="b.org"))
    assert list(hosts) == ["b.org", "shop.localhost a.org"]
    reads, writes = hosts["shop.localhost a.org"]
    assert reads["redirect"] == {
        "host_redirect": "b.org",
        "port_redirect": 8080,
        "response_code": "MOVED_PERMANENTLY",
    }
    assert writes["redirect"]["response_code"] == "PERMANENT_REDIRECT"


def test_a_canonical_name_that_is_none_of_the_app_s_redirects_nothing() -> None:
    assert list(told(PLAIN, [route("shop", ONE)], site("a.org", canonical="x.org"))) == [
        "shop.localhost a.org"
    ]


@pytest.mark.parametrize(
    ("port", "tls_port", "expected"), [(80, 443, None), (8080, 443, 443), (80, 8443, 8443)]
)
def test_a_port_is_only_said_where_it_must_be(port: int, tls_port: int, expected: int | None) -> None:
    its = Settings(host=HOST, port=port, workers=2, tls_host=HOST, tls_port=tls_port)
    first = told(its, [route("shop", ONE, force_https=True)])["shop.localhost"][0]
    assert first["redirect"].get("port_redirect") == expected


async def head_of(port: int, method: str, path: str) -> str:
    """The head of an answer; one to HEAD announces a body that does not come."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: shop.localhost:1\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head.decode()


async def test_a_redirect_keeps_path_query_and_scheme_and_a_post_stays_one(tmp_path: Path) -> None:
    its = settings()
    client = Client(its.port)
    async with Container() as one, served(Envoy(tmp_path, its, CLOCK)) as envoy:
        await envoy.route(route("shop", one.endpoint))
        await envoy.site(site("www.example.org", canonical="www.example.org"))
        seen: dict[str, str] = {}
        for method in ("GET", "HEAD", "POST", "DELETE"):
            head = await head_of(its.port, method, "/cart?a=1&b=%20")
            assert f"\nlocation: http://www.example.org:{its.port}/cart?a=1&b=%20\r" in head
            seen[method] = head.split()[1]
        assert seen == {"GET": "301", "HEAD": "301", "POST": "308", "DELETE": "308"}
        assert one.requests == 0
        assert await client.ask_app("www.example.org") == one.endpoint.port
