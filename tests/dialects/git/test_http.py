"""Pushing and fetching over HTTP, with the real git."""

import gzip
import hashlib
import zlib

import httpx2
import pytest

from headway.domain.repositories import keep
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


def packed(kind: int, content: bytes, size: int) -> bytes:
    """An object of a pack, as it says it is: see `gitformat-pack`."""
    first, left = (kind << 4) | (size & 15), size >> 4
    head = bytearray([first | (0x80 if left else 0)])
    return bytes(head) + (_varint(left) if left else b"") + zlib.compress(content)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def swelling(size: int) -> bytes:
    """A pack of two objects, the second of which is the first and, by its own account, so many bytes long."""
    base = b"0" * 1000
    delta = _varint(len(base)) + _varint(size) + b"\xb0\xe8\x03" * 20
    name = bytes.fromhex(hashlib.sha1(b"blob 1000\0" + base, usedforsecurity=False).hexdigest())
    first, left = (7 << 4) | (len(delta) & 15), len(delta) >> 4
    made = b"PACK" + (2).to_bytes(4, "big") * 2 + packed(3, base, len(base))
    made += bytes([first | 0x80]) + _varint(left) + name + zlib.compress(delta)
    return made + hashlib.sha1(made, usedforsecurity=False).digest()


async def test_a_pack_that_swells_is_refused_and_harms_nobody(
    place: Place, outside: Outside, app: App
) -> None:
    somebody, address = place
    told = f"{'0' * 40} {'1' * 40} refs/heads/main\0report-status side-band-64k".encode()
    body = b"%04x%b0000" % (len(told) + 4, told) + swelling(8 << 30)
    url = f"http://{address}/git/{app.name}.git/git-receive-pack"
    async with httpx2.AsyncClient(trust_env=False, auth=("x", SECRET), timeout=60) as http:
        reply = await http.post(url, content=body)
    assert b"Out of memory" in reply.content
    assert b"unpack index-pack abnormal exit" in reply.content
    folder = keep.folder_of(outside.process()[0], app.id)
    assert {it.name for it in (folder / "objects").iterdir()} == {"info", "pack"}
    await somebody.commits(SERVES)
    await somebody.well("push", at(address, app.name), "main")
