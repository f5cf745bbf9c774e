"""Domains of an app as its visitors meet them: through the router, with certificates of a real authority."""

import asyncio
import json
import shutil
import ssl
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from headway.cli.child import free_addresses, scratch_platform
from headway.routers.envoy_socket import Answer
from tests.authorities.pebble import Pebble, pebble
from tests.journeys.driving import SETTINGS, Platform, archive, good
from tests.journeys.load import Load
from tests.routers.certificates import Authority, TlsClient, shown
from tests.routers.traffic import Client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]
APP = "edge-app"
DOMAINS = f"/v1/apps/{APP}/domains"
SECONDS = 60
MIRROR = """
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Mirror(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        told = {"container": os.environ["CONTAINER"], "path": self.path, **dict(self.headers)}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

ThreadingHTTPServer(("", int(os.environ["PORT"])), Mirror).serve_forever()
"""


class Stage:
    """A platform with an app that tells what it is asked, and an authority that the platform asks."""

    def __init__(self, made: Platform, authority: Pebble, tls_port: int) -> None:
        self.made = made
        self.authority = authority
        self.tls_port = tls_port
        self.tls = TlsClient(tls_port, authority.trust)
        self.plain = Client(int(made.config.apps.rpartition(":")[2]))

    async def add(self, name: str, **more: Any) -> dict[str, Any]:
        """A new domain of the app."""
        reply = await self.made.ask("POST", DOMAINS, json={"domain": {"name": name, **more}})
        assert reply.status_code == 201, reply.text
        return reply.json()["domain"]

    async def edit(self, it: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The domain as it is then."""
        reply = await self.made.ask("PATCH", f"{DOMAINS}/{it['id']}", json={"domain": changes})
        assert reply.status_code == 200, reply.text
        return reply.json()["domain"]

    async def remove(self, it: dict[str, Any]) -> None:
        """It is gone."""
        reply = await self.made.ask("DELETE", f"{DOMAINS}/{it['id']}")
        assert reply.status_code == 204, reply.text

    async def settled(self, it: dict[str, Any]) -> dict[str, Any]:
        """The domain, once an authority has said yes or no."""
        end = time.monotonic() + SECONDS
        while it["letsencrypt_status"] == "new":
            assert time.monotonic() < end, it
            await asyncio.sleep(0.05)
            it = (await self.made.ask("GET", f"{DOMAINS}/{it['id']}")).json()["domain"]
        return it

    async def set(self, **settings: bool) -> None:
        """Change settings of the app."""
        assert (await self.made.ask("PATCH", f"/v1/apps/{APP}", json={"app": settings})).status_code == 200


def told(answer: Answer) -> dict[str, str]:
    """What the app was asked."""
    assert answer.status == 200, answer
    return {name.lower(): value for name, value in json.loads(answer.body).items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    place = Path(tempfile.mkdtemp(prefix="headway-journey-"))
    config, (tls,) = scratch_platform(place), free_addresses(1)
    try:
        async with pebble(place, int(config.apps.rpartition(":")[2])) as authority:
            acme = f'acme_directory = "{authority.directory}"\nacme_roots = "{authority.roots}"\n'
            (place / "headway.toml").write_text(f'{SETTINGS}apps_tls = "{tls}"\n{acme}')
            async with Platform(config) as made:
                await made.create(APP)
                source = archive({"Procfile": "web: exec python3 -u app.py\n", "app.py": MIRROR})
                assert (await made.deploy(APP, source))["status"] == "success"
                yield Stage(made, authority, int(tls.rpartition(":")[2]))
    finally:
        shutil.rmtree(place)


async def test_a_domain_leads_to_the_app_and_gets_its_certificate_by_itself(stage: Stage) -> None:
    it = await stage.add("Shop.Example.org")
    assert told(await stage.plain.ask("shop.example.org", "/a?b"))["x-forwarded-proto"] == "http"
    it = await stage.settled(it)
    assert (it["letsencrypt_status"], it["letsencrypt"], it["ssl"]) == ("created", True, True)
    seen = told(await stage.tls.ask("shop.example.org", "/a?b"))
    assert (seen["x-forwarded-proto"], seen["x-forwarded-port"]) == ("https", str(stage.tls_port))
    assert seen["path"] == "/a?b"
    (operation,) = [one for one in await stage.made.operations() if one["type"] == "domain.certify"]
    assert operation["phase"] == "succeeded"
    shown = await stage.made.ask("GET", f"/v1/apps/{APP}/operations/{operation['id']}")
    assert shown.json()["operation"]["status"] == "done"
    await stage.remove(it)


async def test_http_2_is_spoken_over_tls(stage: Stage) -> None:
    it = await stage.settled(await stage.add("two.example.org"))
    argv = ["--silent", "--http2", "--insecure", "--write-out", "%{http_version}", "--output", "/dev/null"]
    where = [
        "--resolve",
        f"two.example.org:{stage.tls_port}:127.0.0.1",
        f"https://two.example.org:{stage.tls_port}/",
    ]
    curl = await asyncio.create_subprocess_exec("curl", *argv, *where, stdout=asyncio.subprocess.PIPE)
    assert (await curl.communicate())[0] == b"2"
    await stage.remove(it)


async def test_two_domains_with_two_certificates_of_their_own_are_told_apart_by_name(stage: Stage) -> None:
    ours = Authority()
    tls = TlsClient(stage.tls_port, ours.trust())
    added = []
    for name in ("one.example.net", "other.example.net"):
        own = ours.certificate(name)
        it = await stage.add(name, tlscert=own.chain, tlskey=own.key)
        assert (it["ssl"], it["tlscert"], it["tlskey"]) == (True, f"CN={name}", "ECDSA - 256 bits")
        assert (it["letsencrypt"], it["ssl_status"]) == (False, "success")
        added.append(it)
    for it in added:
        assert told(await tls.ask(it["name"]))["host"].startswith(it["name"])
    # Without its own it is the authority's turn.
    without = await stage.settled(await stage.edit(added[0], tlscert="", tlskey=""))
    assert (without["letsencrypt_status"], without["letsencrypt"]) == ("created", True)
    assert (await stage.tls.ask("one.example.net")).status == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        await tls.ask("one.example.net")
    for it in added:
        await stage.remove(it)


async def test_a_name_that_does_not_lead_here_is_told_why_it_has_no_certificate(stage: Stage) -> None:
    await stage.authority.lost("lost.example.org")
    await stage.authority.elsewhere("elsewhere.example.org")
    lost = await stage.settled(await stage.add("lost.example.org"))
    # The real authority tells names that cannot be resolved from those that do not answer, this one does not.
    assert lost["letsencrypt_status"] in {"pending_dns", "error"}
    assert (lost["ssl_status"], lost["ssl"]) == ("error", False)
    assert "lost.example.org" in lost["letsencrypt_error"]
    elsewhere = await stage.settled(await stage.add("elsewhere.example.org"))
    assert (elsewhere["letsencrypt_status"], elsewhere["ssl_status"]) == ("error", "error")
    assert "127.9.9.9" in elsewhere["letsencrypt_error"]
    failed = [it for it in await stage.made.operations() if it["phase"] == "failed"]
    assert {it["type"] for it in failed} == {"domain.certify"}
    for it in (lost, elsewhere):
        await stage.remove(it)


async def test_https_is_forced_for_this_app_alone_and_at_the_right_port(stage: Stage) -> None:
    it = await stage.settled(await stage.add("forced.example.org"))
    await stage.set(force_https=True)
    answer = await stage.plain.ask("forced.example.org", "/a?b=c")
    assert answer.status == 301
    assert answer.headers["location"] == f"https://forced.example.org:{stage.tls_port}/a?b=c"
    assert "strict-transport-security" not in answer.headers
    assert (await stage.tls.ask("forced.example.org")).status == 200
    url = (await stage.made.ask("GET", f"/v1/apps/{APP}")).json()["app"]["url"]
    assert url == f"https://{APP}.localhost:{stage.tls_port}"
    await stage.set(force_https=False)
    assert (await stage.plain.ask("forced.example.org")).status == 200
    await stage.remove(it)


async def test_every_other_name_is_redirected_to_the_canonical_one_until_it_is_none(stage: Stage) -> None:
    first, second = (
        await stage.add("first.example.org", canonical=True),
        await stage.add("second.example.org"),
    )
    port = stage.plain.port
    answer = await stage.plain.ask(f"{APP}.localhost", "/a?b=c")
    assert (answer.status, answer.headers["location"]) == (301, f"http://first.example.org:{port}/a?b=c")
    assert (await stage.edit(second, canonical=True))["canonical"]
    answer = await stage.plain.ask("first.example.org", "/")
    assert answer.headers["location"] == f"http://second.example.org:{port}/"
    listed = (await stage.made.ask("GET", DOMAINS)).json()["domains"]
    assert [it["name"] for it in listed if it["canonical"]] == ["second.example.org"]
    app = (await stage.made.ask("GET", f"/v1/apps/{APP}")).json()["app"]
    assert (app["url"], app["base_url"]) == (
        f"http://second.example.org:{port}",
        f"http://{APP}.localhost:{port}",
    )
    await stage.edit(second, canonical=False)
    assert (await stage.plain.ask(f"{APP}.localhost")).status == 200
    for it in (first, second):
        await stage.remove(it)


async def test_a_domain_that_was_removed_leads_nowhere_and_its_name_is_free(stage: Stage) -> None:
    it = await stage.settled(await stage.add("gone.example.org"))
    taken = await stage.made.ask("POST", DOMAINS, json={"domain": {"name": "gone.example.org"}})
    assert (taken.status_code, set(taken.json()["errors"])) == (422, {"name"})
    await stage.remove(it)
    assert (await stage.plain.ask("gone.example.org")).status == 404
    served = await shown(stage.tls_port, "gone.example.org")
    assert served.issuer == served.subject
    await stage.remove(await stage.add("gone.example.org", letsencrypt_enabled=False))


async def test_a_sticky_cookie_keeps_a_client_at_its_container_when_more_come(stage: Stage) -> None:
    await stage.set(sticky_session=True)
    first = await stage.plain.ask(f"{APP}.localhost")
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert (await stage.made.change(f"/v1/apps/{APP}/scale", {"containers": [{"name": "web", "amount": 3}]}))[
        "status"
    ] == "done"
    again = [told(await stage.plain.ask(f"{APP}.localhost", Cookie=cookie)) for _ in range(20)]
    assert {it["container"] for it in again} == {told(first)["container"]}
    others = [told(await stage.plain.ask(f"{APP}.localhost")) for _ in range(40)]
    assert len({it["container"] for it in others}) == 3
    await stage.set(sticky_session=False)


async def test_a_rename_under_constant_requests_by_its_domain_fails_none(stage: Stage) -> None:
    await stage.made.create("journey-load")
    assert (await stage.made.deploy("journey-load", good()))["status"] == "success"
    added = await stage.made.ask(
        "POST", "/v1/apps/journey-load/domains", json={"domain": {"name": "load.example.org"}}
    )
    assert added.status_code == 201
    load = Load(stage.made.config.apps, "load.example.org")
    async with load.running():
        before, after = "journey-load", "journey-loaded"
        while load.answered.total() < 200:
            body = {"current_name": before, "new_name": after}
            assert (await stage.made.ask("POST", f"/v1/apps/{before}/rename", json=body)).status_code == 200
            before, after = after, before
    assert load.failures == []


async def test_domains_and_certificates_live_through_a_kill_of_the_control_plane(stage: Stage) -> None:
    it = await stage.settled(await stage.add("killed.example.org"))
    await stage.made.kill()
    assert (await stage.tls.ask("killed.example.org")).status == 200
    await stage.made.start()
    assert (await stage.tls.ask("killed.example.org")).status == 200
    await stage.remove(it)
    assert (await stage.plain.ask("killed.example.org")).status == 404


async def test_no_private_key_is_in_what_anybody_is_told(stage: Stage) -> None:
    it = await stage.settled(await stage.add("secret.example.org"))
    own = Authority().certificate("secret.example.org")
    await stage.edit(it, tlscert=own.chain, tlskey=own.key)
    secret = own.key.splitlines()[2]
    folder = Path(stage.made.config.data)
    token = (folder / "admin.token").read_text().strip()
    async with httpx2.AsyncClient(trust_env=False, base_url=f"http://{stage.made.config.listen}") as http:
        answers = [
            (await http.get(path, headers={"Authorization": f"Bearer {token}"})).text
            for path in (
                DOMAINS,
                f"{DOMAINS}/{it['id']}",
                "/headway/v1/operations?limit=100",
                f"/v1/apps/{APP}/events",
            )
        ]
    said = [*answers, *(file.read_text(errors="replace") for file in folder.rglob("*.log"))]
    assert not [text for text in said if secret in text]
    keeping = [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert keeping
    assert not [file for file in keeping if file.stat().st_mode & 0o077]
    await stage.remove(it)
