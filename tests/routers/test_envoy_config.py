"""What Envoy is told for which routes."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headway.routers import envoy_config
from headway.routers.envoy_config import Settings, bootstrap, clusters, listeners, routes, version
from headway.routers.port import Endpoint, Route
from tests.routers.traffic import route

SETTINGS = Settings(host="127.0.0.1", port=8080, workers=2)
ONE, TWO = Endpoint(host="10.0.0.1", port=5000), Endpoint(host="10.0.0.2", port=5001)

some_endpoints = st.lists(st.sampled_from([ONE, TWO]), max_size=2).map(tuple)
some_routes = st.lists(
    st.builds(
        Route,
        app_id=st.sampled_from("abcde"),
        app=st.text(max_size=5),
        hostnames=st.lists(st.sampled_from(["x.org", "y.org", "Z.org", "bad host", ""]), max_size=4).map(
            tuple
        ),
        endpoints=some_endpoints,
        draining=some_endpoints,
        stopped=st.booleans(),
        force_https=st.booleans(),
        sticky_session=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda route: route.app_id,
)


def cluster_of(route: Route) -> dict[str, Any]:
    return clusters([route], SETTINGS)["resources"][0]


def virtual_host_of(route: Route) -> dict[str, Any]:
    return routes([route], SETTINGS)["resources"][0]["virtual_hosts"][0]


def domains(*given: Route) -> dict[str, list[str]]:
    hosts = routes(given, SETTINGS)["resources"][0]["virtual_hosts"]
    return {host["name"]: host["domains"] for host in hosts}


def ports_of(cluster: dict[str, Any]) -> list[int]:
    groups = cluster["load_assignment"]["endpoints"]
    hosts = [host for group in groups for host in group["lb_endpoints"]]
    return [host["endpoint"]["address"]["socket_address"]["port_value"] for host in hosts]


def test_a_cluster_holds_the_endpoints_and_none_that_drains() -> None:
    assert ports_of(cluster_of(route("shop", ONE, draining=(TWO,)))) == [5000]


def test_an_endpoint_that_is_told_twice_is_one() -> None:
    assert ports_of(cluster_of(route("shop", TWO, ONE, TWO))) == [5000, 5001]


def test_an_app_without_endpoints_still_has_a_cluster() -> None:
    assert ports_of(cluster_of(route("shop"))) == []


def test_a_cluster_never_sends_to_containers_in_panic() -> None:
    assert cluster_of(route("shop", ONE))["common_lb_config"]["healthy_panic_threshold"] == {"value": 0}


def test_retries_and_connections_are_not_limited_to_envoys_small_defaults() -> None:
    limits = cluster_of(route("shop", ONE))["circuit_breakers"]["thresholds"][0]
    assert set(limits) == {"max_connections", "max_pending_requests", "max_requests", "max_retries"}
    assert min(limits.values()) > 100_000


def test_the_version_cluster_is_the_last() -> None:
    document = clusters([route("b", ONE), route("a", TWO)], SETTINGS)
    names = [cluster["name"] for cluster in document["resources"]]
    assert names == ["app-a", "app-b", envoy_config.version_cluster(version(document))]


def test_the_routes_tell_their_version() -> None:
    document = routes([route("a", ONE)], SETTINGS)
    probe = document["resources"][0]["virtual_hosts"][-1]
    told = {added["header"]["key"]: added["header"]["value"] for added in probe["response_headers_to_add"]}
    assert told == {envoy_config.VERSION_HEADER: version(document)}


@settings(max_examples=40)
@given(some_routes, st.randoms())
def test_the_same_routes_make_the_same_documents_in_any_order(given: list[Route], random: Any) -> None:
    shuffled = list(given)
    random.shuffle(shuffled)
    assert clusters(given, SETTINGS) == clusters(shuffled, SETTINGS)
    assert routes(given, SETTINGS) == routes(shuffled, SETTINGS)


@settings(max_examples=40)
@given(some_routes)
def test_no_hostname_is_told_twice_and_each_is_one(given: list[Route]) -> None:
    told = [name for names in domains(*given).values() for name in names]
    assert len(told) == len(set(told))
    assert set(told) <= {"x.org", "y.org", "z.org", "*", envoy_config.PROBE_HOST}


@settings(max_examples=40)
@given(some_routes)
def test_every_document_can_be_written_as_json(given: list[Route]) -> None:
    for document in (
        clusters(given, SETTINGS),
        routes(given, SETTINGS),
        listeners(SETTINGS),
        bootstrap(SETTINGS),
    ):
        assert msgspec.json.decode(msgspec.json.encode(document)) == document


@pytest.mark.parametrize(
    "change",
    [{"endpoints": (TWO,)}, {"endpoints": ()}, {"endpoints": (ONE, TWO)}],
    ids=["other", "none", "more"],
)
def test_other_endpoints_change_the_clusters_alone(change: dict[str, Any]) -> None:
    before = route("shop", ONE)
    after = msgspec.structs.replace(before, **change)
    assert version(clusters([before], SETTINGS)) != version(clusters([after], SETTINGS))
    assert version(routes([before], SETTINGS)) == version(routes([after], SETTINGS))


@pytest.mark.parametrize(
    "change",
    [{"hostnames": ("a.org",)}, {"force_https": True}, {"sticky_session": True}, {"app": "renamed"}],
    ids=["hostnames", "force_https", "sticky_session", "name"],
)
def test_how_an_app_is_reached_changes_the_routes_alone(change: dict[str, Any]) -> None:
    before = route("shop", ONE)
    after = msgspec.structs.replace(before, **change)
    assert version(clusters([before], SETTINGS)) == version(clusters([after], SETTINGS))
    assert version(routes([before], SETTINGS)) != version(routes([after], SETTINGS))


def test_draining_alone_changes_nothing() -> None:
    before, after = route("shop", ONE), route("shop", ONE, draining=(TWO,))
    assert clusters([before], SETTINGS) == clusters([after], SETTINGS)
    assert routes([before], SETTINGS) == routes([after], SETTINGS)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "*",
        "*.org",
        "a b",
        "a..b",
        "-a.org",
        "ä.org",
        "a.org:80",
        "a.org/",
        "x" * 64,
        envoy_config.PROBE_HOST,
    ],
)
def test_what_cannot_be_a_hostname_is_left_out(name: str) -> None:
    told = domains(route("shop", ONE, hostnames=(name, "good.org")))
    assert told["app-shop"] == ["good.org"]


def test_an_app_without_hostnames_has_no_virtual_host() -> None:
    assert set(domains(route("shop", ONE, hostnames=()))) == {"unknown", "probe"}


def test_a_hostname_that_two_apps_claim_goes_to_the_lower_id() -> None:
    told = domains(route("b", hostnames=("x.org", "b.org")), route("a", hostnames=("X.org",)))
    assert (told["app-a"], told["app-b"]) == (["x.org"], ["b.org"])


def test_a_stopped_app_is_answered_without_its_cluster() -> None:
    answer = virtual_host_of(route("shop", stopped=True))["routes"][0]
    assert answer["direct_response"] == {"status": 530}


@pytest.mark.parametrize("stopped", [True, False])
def test_an_app_with_endpoints_is_led_to_its_cluster(stopped: bool) -> None:
    action = virtual_host_of(route("shop", ONE, stopped=stopped))["routes"][0]["route"]
    assert action["cluster"] == "app-shop"


def test_an_answer_must_begin_in_time_and_then_go_on() -> None:
    settings = msgspec.structs.replace(SETTINGS, first_byte_seconds=12, idle_seconds=34.5)
    host = routes([route("shop", ONE)], settings)["resources"][0]["virtual_hosts"][0]
    action = host["routes"][0]["route"]
    assert (action["timeout"], action["idle_timeout"]) == ("0s", "34.500s")
    assert action["retry_policy"]["per_try_timeout"] == "12.000s"


def test_a_request_is_tried_again_elsewhere_only_where_no_container_can_have_seen_it() -> None:
    policy = virtual_host_of(route("shop", ONE))["routes"][0]["route"]["retry_policy"]
    assert policy["retry_on"] == "connect-failure,refused-stream,reset-before-request"
    assert policy["num_retries"] == 3
    assert policy["retry_host_predicate"][0]["name"].endswith("previous_hosts")


@pytest.mark.parametrize("force_https", [True, False])
def test_tls_is_required_where_the_app_insists(force_https: bool) -> None:
    assert ("require_tls" in virtual_host_of(route("shop", ONE, force_https=force_https))) == force_https


@pytest.mark.parametrize("sticky", [True, False])
def test_a_sticky_app_sets_a_cookie_for_a_day(sticky: bool) -> None:
    told = msgspec.json.encode(virtual_host_of(route("shop", ONE, sticky_session=sticky))).decode()
    assert ('"name":"sc-sticky-session","path":"/","ttl":"86400s"' in told) == sticky


def test_the_name_of_an_app_is_safe_in_a_page() -> None:
    named = msgspec.structs.replace(route("1", ONE), app="<b>&")
    labels = virtual_host_of(named)["routes"][0]["metadata"]["filter_metadata"]["headway"]
    assert labels == {"app": "<b>&", "app_id": "1", "title": "&lt;b&gt;&amp;"}


def test_the_listener_is_where_the_settings_say() -> None:
    address = listeners(SETTINGS)["resources"][0]["address"]["socket_address"]
    assert address == {"address": "127.0.0.1", "port_value": 8080}


def test_the_admin_socket_is_private() -> None:
    assert bootstrap(SETTINGS)["admin"]["address"]["pipe"] == {"path": "admin.sock", "mode": 0o600}
