"""Pushing and fetching over HTTP, with the real git."""

import gzip

import httpx2
import pytest

from headway.model.apps import App
from headway.store import deployments
from tests.outside import Outside
from tests.pushing import SERVES, Somebody
from tests.ready_made import SECRET

Place = tuple[Somebody, str]


def at(address: str, app: str, secret: str = SECRET) -> str:
    """The URL of an app's repository."""
    return f"http://anybody:{secret}@{address}/git/{app}.git"


async def test_a_push_deploys_and_a_fetch_gets_what_was_deployed(
    place: Place, outside: Outside, app: App
) -> None:
    somebody, address = place
    commit = await somebody.commits(SERVES)
    said = await somebody.well("push", at(address, app.name), "main")
    assert f"remote: -----> hello-git serves {commit[:10]}" in said
    outside.serves("hello-git.localhost")
    deployment = (await outside.database.read(lambda tx: deployments.of_app(tx, app.id, 1)))[0]
    assert (deployment.ref, deployment.pusher) == (commit, "admin")
    for version in ("0", "2"):
        await somebody.well(
            "-c", f"protocol.version={version}", "clone", "-q", at(address, app.name), f"of-{version}"
        )
        assert (somebody.repository / f"of-{version}" / "Procfile").read_text() == SERVES


async def test_a_large_push_comes_in_pieces(place: Place, app: App) -> None:
    somebody, address = place
    await somebody.commits(SERVES, noise="".join(str(n * n) for n in range(300_000)))
    await somebody.well("-c", "http.postBuffer=65536", "push", at(address, app.name), "main")


async def test_a_build_that_fails_fails_the_push(place: Place, app: App) -> None:
    somebody, address = place
    await somebody.commits("no colon\n")
    code, said = await somebody.git("push", at(address, app.name), "main")
    assert code == 1
    assert "! [remote rejected] main -> main (deployment failed: build-error)" in said


async def test_what_is_not_deployed_is_refused_with_the_reason(place: Place, app: App) -> None:
    somebody, address = place
    await somebody.commits(SERVES)
    code, said = await somebody.git("push", at(address, app.name), "main:feature")
    assert code == 1
    assert "Only main and master are deployed" in said


async def test_a_wrong_token_and_an_app_of_nobody_are_told_apart(place: Place, app: App) -> None:
    somebody, address = place
    await somebody.commits(SERVES)
    code, said = await somebody.git("push", at(address, app.name, "tk-us-wrong"), "main")
    assert (code, "Authentication failed" in said) == (128, True)
    code, said = await somebody.git("push", at(address, "no-such-app"), "main")
    assert (code, "app no-such-app not found" in said) == (128, True)


@pytest.mark.parametrize("service", ["", "git-upload-archive"])
async def test_another_service_is_refused(place: Place, app: App, service: str) -> None:
    url = f"http://{place[1]}/git/{app.name}.git/info/refs?service={service}"
    async with httpx2.AsyncClient(trust_env=False, auth=("x", SECRET)) as http:
        assert (await http.get(url)).status_code == 400


async def test_who_shows_no_token_is_asked_for_it(place: Place, app: App) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.get(f"http://{place[1]}/git/{app.name}.git/info/refs?service=git-receive-pack")
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Basic")


async def test_a_body_that_comes_packed_is_unpacked(place: Place, app: App) -> None:
    url = f"http://{place[1]}/git/{app.name}.git/git-upload-pack"
    headers = {"content-encoding": "gzip", "git-protocol": "version=2"}
    async with httpx2.AsyncClient(trust_env=False, auth=("x", SECRET)) as http:
        reply = await http.post(url, content=gzip.compress(b"0014command=ls-refs\n0000"), headers=headers)
    assert (reply.status_code, reply.content) == (200, b"0000")
