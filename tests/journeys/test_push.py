"""Pushing to a whole platform, with the real git and ssh: what there is in examples/, and what builds may do badly."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.builders.packs.test_classic import GREETING, published, server
from tests.journeys.driving import SETTINGS, Platform, platform, processes
from tests.journeys.gate import Gate, gate
from tests.pushing import Somebody, key_made

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]
__all__ = ["server"]
EXAMPLES = Path(__file__).parents[2] / "examples"
LIMITS = "build_disk_bytes_max = 60000000\nbuild_output_bytes_max = 200000\nsource_private_addresses = true\n"
IMPATIENT = "build_seconds = 6\n"
PLAIN = "web: exec python3 -m http.server $PORT\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform that knows somebody's key."""
    if shutil.which("ssh") is None:
        pytest.skip("there is no ssh client")
    async with platform(SETTINGS + LIMITS) as made:
        key_made(key_of(made))
        content = key_of(made).with_suffix(".pub").read_text()
        reply = await made.ask("POST", "/v1/keys", json={"key": {"name": "mine", "content": content}})
        assert reply.status_code == 201, reply.text
        yield made


def key_of(made: Platform) -> Path:
    return made.config.folder / "somebodys-key"


@pytest.fixture
def me(made: Platform, tmp_path: Path) -> Somebody:
    """Somebody whose key the platform knows."""
    return another(made, tmp_path / "me")


def another(made: Platform, home: Path) -> Somebody:
    """The same one, with another repository."""
    it = Somebody(home, int(made.config.ssh.rpartition(":")[2]))
    shutil.copy(key_of(made), it.home / "key")
    return it


_numbers = itertools.count(1)


@pytest_asyncio.fixture(loop_scope="module")
async def app(made: Platform) -> str:
    """A new app."""
    name = f"pushed-app-{next(_numbers)}"
    await made.create(name)
    return name


@pytest_asyncio.fixture(loop_scope="module")
async def held() -> AsyncIterator[Gate]:
    async with gate() as held:
        yield held


async def begun(me: Somebody, *folders: Path, **files: str) -> None:
    """A repository with what is in the folders, and these files."""
    for folder in folders:
        shutil.copytree(folder, me.repository, dirs_exist_ok=True)
    for name, content in files.items():
        (me.repository / name).write_text(content)
    await me.well("init", "-q", "-b", "main")
    await me.well("add", "-A")
    await me.well("commit", "-q", "-m", "first")


async def changed(me: Somebody, **files: str) -> None:
    for name, content in files.items():
        (me.repository / name).write_text(content)
    await me.well("add", "-A")
    await me.well("commit", "-q", "--allow-empty", "-m", "changed")


async def status(made: Platform, app: str) -> str:
    """How its last deployment ended."""
    return (await made.insist("GET", f"/v1/apps/{app}/deployments")).json()["deployments"][0]["status"]


@pytest.mark.parametrize(
    "example",
    [
        "hello",
        pytest.param("hello-node", marks=pytest.mark.skipif(not shutil.which("node"), reason="no node")),
        "hello-static",
        "hello-procfile",
    ],
)
async def test_what_is_pushed_is_served(made: Platform, me: Somebody, app: str, example: str) -> None:
    url = (await made.ask("GET", f"/v1/apps/{app}")).json()["app"]["git_url"]
    assert url == me.at(app)
    await begun(me, EXAMPLES / example)
    said = await me.well("push", url, "main")
    assert f"remote: -----> {app} serves" in said
    assert (await made.visit(app)).status_code == 200
    deployment = (await made.ask("GET", f"/v1/apps/{app}/deployments")).json()["deployments"][0]
    assert (deployment["type"], deployment["status"]) == ("git", "success")


PACKAGE = '{"name": "bad", "version": "1.0.0", "scripts": {"build": "sh bad.sh", "start": "node server.js"}}'
BAD = {
    "fills the disk": (
        "for n in $(seq 100); do head -c 20000000 /dev/zero > f$n; done; sleep 1000",
        "too much disk",
    ),
    "prints 200 MB": (
        "head -c 200000000 /dev/zero | tr '\\0' 'x' | fold -w 100; exit 1",
        "(build-error)",
    ),
    "breaks": ("echo no such luck; exit 7", "npm run build exited with"),
}
ENDLESS = {
    "hangs": ("sleep 1000", "the build took longer than 6 seconds"),
    "forks on": ("b() { b | b & }; b; sleep 1000", "the build"),
}


@pytest.mark.skipif(not shutil.which("npm"), reason="no npm")
async def test_a_bad_build_ends_with_the_reason_and_harms_nobody(
    made: Platform, me: Somebody, app: str
) -> None:
    await begun(me, Procfile=PLAIN)
    await me.well("push", me.at(app), "main")
    for name, (script, why) in BAD.items():
        await changed(me, **{"package.json": PACKAGE, "bad.sh": script})
        await ends_badly(made, me, app, name, why)
    # And one that is good is deployed as if nothing had been.
    await me.well("rm", "-q", "package.json")
    await changed(me)
    await me.well("push", me.at(app), "main")


@pytest.mark.skipif(not shutil.which("npm"), reason="no npm")
async def test_a_build_without_end_is_ended(made: Platform, tmp_path: Path) -> None:
    async with settings(made, SETTINGS + LIMITS + IMPATIENT):
        await asyncio.gather(*(without_end(made, tmp_path, name) for name in ENDLESS))
        assert not list((made.config.folder / "builds" / "builds").iterdir())


async def without_end(made: Platform, tmp_path: Path, name: str) -> None:
    app = f"build-that-{name.replace(' ', '-')}"
    await made.create(app)
    me = another(made, tmp_path / app)
    # What has nothing to build is deployed, however short the time is in which a build must end.
    await begun(me, Procfile=PLAIN)
    await me.well("push", me.at(app), "main")
    script, why = ENDLESS[name]
    await changed(me, **{"package.json": PACKAGE, "bad.sh": script})
    await ends_badly(made, me, app, name, why)


async def ends_badly(made: Platform, me: Somebody, app: str, name: str, why: str) -> None:
    """The push fails with that reason, and what was there before serves."""
    code, said = await me.git("push", me.at(app), "main")
    assert code == 1, f"{name}: {said}"
    told = [line for line in said.splitlines() if "The deployment failed" in line]
    assert why in told[0], f"{name}: {said[-2000:]}"
    assert await status(made, app) == "build-error", name
    assert len(said) < 1_000_000, name
    assert (await made.visit(app)).status_code == 200, name


@asynccontextmanager
async def settings(made: Platform, text: str) -> AsyncIterator[None]:
    """The platform with other settings."""
    file = made.config.folder / "headway.toml"
    before = file.read_text()
    try:
        for written in (text, before):
            file.write_text(written)
            await made.terminate()
            await made.start()
            if written is text:
                yield
    finally:
        file.write_text(before)


async def gated(made: Platform, served: tuple[Path, str], app: str, held: Gate) -> None:
    """Let the app be built by a pack that goes through the gate."""
    detect = "#!/bin/sh\necho Gated\n"
    pack = {
        "bin/detect": detect,
        "bin/compile": f"#!/bin/sh\n{held.through('build')}\n",
        "bin/release": detect,
    }
    published(served[0], "gated", pack)
    body = {"variable": {"name": "BUILDPACK_URL", "value": f"{served[1]}/gated.git"}}
    assert (await made.ask("POST", f"/v1/apps/{app}/variables", json=body)).status_code == 201


async def test_a_cancel_stops_the_build_and_the_pusher_is_told(
    made: Platform, me: Somebody, app: str, held: Gate, server: tuple[Path, str]
) -> None:
    await gated(made, server, app, held)
    await begun(me, Procfile=PLAIN)
    held.kept = {"build"}
    pushing = asyncio.get_running_loop().create_task(me.git("push", me.at(app), "main"))
    await held.has("build")
    operation = (await made.operations())[0]
    token = (made.config.folder / "admin.token").read_text().strip()
    path, bearer = f"/headway/v1/operations/{operation['id']}/cancel", {"Authorization": f"Bearer {token}"}
    assert (await made.ask("POST", path, json={"reason": "enough"}, headers=bearer)).status_code == 202
    code, said = await pushing
    assert code == 1
    assert "deployment failed: aborted" in said
    await held.has_none("build")
    assert await status(made, app) == "aborted"
    # Nothing of it is in the way of the next one.
    await held.opens("build")
    await changed(me)
    await me.well("push", me.at(app), "main")


async def test_the_platform_is_killed_while_somebody_pushes(
    made: Platform, me: Somebody, held: Gate, server: tuple[Path, str]
) -> None:
    id = await made.create("killed-app")
    await gated(made, server, "killed-app", held)
    await begun(me, Procfile=PLAIN)
    await me.well("push", me.at("killed-app"), "main")
    for moment in ("build", "boot", "postdeploy"):
        procfile = f"web: {held.through('boot')} && {PLAIN.removeprefix('web: ')}postdeploy: {held.through('postdeploy')}\n"
        await changed(me, Procfile=f"{procfile}# {moment}\n")
        held.kept = {moment}
        commit = (await me.well("rev-parse", "HEAD")).strip()
        pushing = asyncio.get_running_loop().create_task(me.git("push", me.at("killed-app"), "main"))
        await held.has(moment)
        await made.kill()
        code, said = await pushing
        assert code != 0, said
        if moment == "build":
            # It does not outlive the platform; containers and one-offs do.
            await held.has_none("build")
        await made.start()
        await held.opens(moment)
        assert (await over(made))["phase"] == "succeeded", moment
        assert commit in await me.well("ls-remote", me.at("killed-app"), "main")
        assert "up-to-date" in await me.well("push", me.at("killed-app"), "main")
        assert (await made.visit("killed-app")).status_code == 200
    # The pusher's next push is like any other.
    await changed(me)
    await me.well("push", me.at("killed-app"), "main")
    assert list(processes(id).values()).count("web-1") == len(processes(id)) > 0
    await nothing_is_left_over(made, slugs=4)


async def over(made: Platform) -> dict[str, str]:
    """The newest operation, once it has ended."""
    while (now := (await made.operations())[0])["phase"] not in {"succeeded", "failed", "cancelled"}:
        await asyncio.sleep(0.05)
    return now


async def nothing_is_left_over(made: Platform, slugs: int) -> None:
    """No build, no source, and of the app no slug but those of its releases."""
    folder = made.config.folder
    assert not list((folder / "builds" / "builds").iterdir())
    assert not list((folder / "deployments").iterdir())
    kept = list((folder / "builds" / "slugs").glob("*/Procfile"))
    assert sum("recv(1)" in it.read_text() for it in kept) == slugs - 1


async def test_a_classic_buildpack_is_fetched_by_the_build(
    made: Platform, me: Somebody, app: str, server: tuple[Path, str]
) -> None:
    serves = "#!/bin/sh\necho default_process_types:\necho '  web: python3 -m http.server $PORT'\n"
    published(server[0], "greeting", {**GREETING, "bin/release": serves})
    for name, value in {"BUILDPACK_URL": f"{server[1]}/greeting.git", "WHOM": "the world"}.items():
        body = {"variable": {"name": name, "value": value}}
        assert (await made.ask("POST", f"/v1/apps/{app}/variables", json=body)).status_code == 201
    await begun(me, **{"greeting.txt": "hello"})
    said = await me.well("push", me.at(app), "main")
    assert "-----> Greeting the world on headway-1" in said
    assert (await made.visit(app, "/greeting.txt")).text == "hello"
    await changed(me)
    assert "built 1 times before" in await me.well("push", me.at(app), "main")


async def test_a_url_is_deployed_from_where_the_settings_allow_it(
    made: Platform, me: Somebody, app: str
) -> None:
    await begun(me, Procfile=PLAIN)
    await me.well("archive", "--format=tar.gz", "--prefix=root/", "-o", "../a.tar.gz", "HEAD")
    async with answering((me.home / "a.tar.gz").read_bytes()) as url:
        ended = await deployed_from(made, app, url)
    assert (ended["status"], ended["type"]) == ("success", "archive")
    assert (await made.visit(app)).status_code == 200


async def deployed_from(made: Platform, app: str, url: str) -> dict[str, object]:
    body = {"deployment": {"git_ref": "v1", "source_url": url}}
    accepted = await made.insist("POST", f"/v1/apps/{app}/deployments", body)
    assert accepted.status_code == 201, accepted.text
    return await made.deployed(app, accepted.json()["deployment"]["id"])


@asynccontextmanager
async def answering(content: bytes) -> AsyncIterator[str]:
    """Somebody else's server, where these bytes lie; the URL."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.tar.gz"
