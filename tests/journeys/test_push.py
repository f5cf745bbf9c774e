"""Pushing to a whole platform, with the real git and ssh: what there is in examples/, and what builds may do badly."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.builders.packs.test_classic import GREETING, published, server
from tests.journeys.driving import SETTINGS, Platform, platform, processes, until
from tests.pushing import Somebody, key_made

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
__all__ = ["server"]
EXAMPLES = Path(__file__).parents[2] / "examples"
LIMITS = "build_seconds = 6\nbuild_disk_bytes_max = 60000000\nbuild_output_bytes_max = 200000\n"


@asynccontextmanager
async def pushed_to(tmp_path: Path, more: str = "") -> AsyncIterator[tuple[Platform, Somebody]]:
    """A platform, and somebody whose key it knows."""
    if shutil.which("ssh") is None:
        pytest.skip("there is no ssh client")
    async with platform(SETTINGS + more) as made:
        me = Somebody(tmp_path / "me", int(made.config.ssh.rpartition(":")[2]))
        key_made(me.home / "key")
        content = (me.home / "key.pub").read_text()
        reply = await made.ask("POST", "/v1/keys", json={"key": {"name": "mine", "content": content}})
        assert reply.status_code == 201, reply.text
        yield made, me


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
async def test_what_is_pushed_is_served(tmp_path: Path, example: str) -> None:
    async with pushed_to(tmp_path) as (made, me):
        await made.create("pushed-app")
        url = (await made.ask("GET", "/v1/apps/pushed-app")).json()["app"]["git_url"]
        assert url == me.at("pushed-app")
        await begun(me, EXAMPLES / example)
        said = await me.well("push", url, "main")
        assert "remote: -----> pushed-app serves" in said
        assert (await made.visit("pushed-app")).status_code == 200
        deployment = (await made.ask("GET", "/v1/apps/pushed-app/deployments")).json()["deployments"][0]
        assert (deployment["type"], deployment["status"]) == ("git", "success")


BAD = {
    "hangs": ("sleep 1000", "the build took longer than 6 seconds"),
    "fills the disk": (
        "for n in $(seq 100); do head -c 20000000 /dev/zero > f$n; done; sleep 1000",
        "too much disk",
    ),
    "prints 200 MB": (
        "head -c 200000000 /dev/zero | tr '\\0' 'x' | fold -w 100; exit 1",
        "(build-error)",
    ),
    "forks on": ("b() { b | b & }; b; sleep 1000", "the build"),
    "breaks": ("echo no such luck; exit 7", "npm run build exited with"),
}


@pytest.mark.skipif(not shutil.which("npm"), reason="no npm")
async def test_a_bad_build_ends_with_the_reason_and_harms_nobody(tmp_path: Path) -> None:
    async with pushed_to(tmp_path, LIMITS) as (made, me):
        await made.create("pushed-app")
        await begun(me, EXAMPLES / "hello-node")
        await me.well("push", me.at("pushed-app"), "main")
        for name, (script, why) in BAD.items():
            package = '{"name": "bad", "version": "1.0.0", "scripts": {"build": "sh bad.sh", "start": "node server.js"}}'
            await changed(me, **{"package.json": package, "bad.sh": script})
            code, said = await me.git("push", me.at("pushed-app"), "main")
            assert code == 1, f"{name}: {said}"
            told = [line for line in said.splitlines() if "The deployment failed" in line]
            assert why in told[0], f"{name}: {said[-2000:]}"
            assert await status(made, "pushed-app") == "build-error", name
            assert len(said) < 1_000_000, name
            assert (await made.visit("pushed-app")).status_code == 200, name
            assert not list((made.config.folder / "builds" / "builds").iterdir()), name
        # And one that is good is deployed as if nothing had been.
        await changed(me, **{"package.json": (EXAMPLES / "hello-node" / "package.json").read_text()})
        await me.well("push", me.at("pushed-app"), "main")


@pytest.mark.skipif(not shutil.which("npm"), reason="no npm")
async def test_a_cancel_stops_the_build_and_the_pusher_is_told(tmp_path: Path) -> None:
    async with pushed_to(tmp_path) as (made, me):
        id = await made.create("pushed-app")
        package = '{"name": "slow", "version": "1.0.0", "scripts": {"build": "sh slow.sh", "start": "node server.js"}}'
        await begun(me, EXAMPLES / "hello-node", **{"package.json": package, "slow.sh": "sleep 4242"})
        pushing = asyncio.get_running_loop().create_task(me.git("push", me.at("pushed-app"), "main"))
        operation = await at_step(made, "build")
        await until(lambda: sleeping("4242"), seconds=60)
        token = (made.config.folder / "admin.token").read_text().strip()
        path, bearer = (
            f"/headway/v1/operations/{operation['id']}/cancel",
            {"Authorization": f"Bearer {token}"},
        )
        assert (await made.ask("POST", path, json={"reason": "enough"}, headers=bearer)).status_code == 202
        code, said = await pushing
        assert code == 1
        assert "deployment failed: aborted" in said
        assert not sleeping("4242")
        assert await status(made, "pushed-app") == "aborted"
        assert processes(id) == {}


def sleeping(seconds: str) -> bool:
    """Whether a build sleeps for so long."""
    wanted = b"sleep\0" + seconds.encode() + b"\0"
    return any(_command(it) == wanted for it in Path("/proc").glob("[0-9]*"))


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


async def test_the_platform_is_killed_while_somebody_pushes(tmp_path: Path) -> None:
    async with pushed_to(tmp_path) as (made, me):
        await made.create("pushed-app")
        slow = "import time\ntime.sleep(3)\n"
        await begun(me, EXAMPLES / "hello", **{"slow.py": slow})
        await me.well("push", me.at("pushed-app"), "main")
        for moment in ("build", "start the new containers", "run postdeploy"):
            await changed(me, Procfile=f"web: python app.py\npostdeploy: python slow.py # {moment}\n")
            commit = (await me.well("rev-parse", "HEAD")).strip()
            pushing = asyncio.get_running_loop().create_task(me.git("push", me.at("pushed-app"), "main"))
            operation = await at_step(made, moment)
            await made.kill()
            code, said = await pushing
            assert code != 0, said
            await made.start()
            while (await the_newest(made))["phase"] not in {"succeeded", "failed"}:
                await asyncio.sleep(0.05)
            now = await the_newest(made)
            assert (now["id"], now["phase"]) == (operation["id"], "succeeded"), now
            assert commit in await me.well("ls-remote", me.at("pushed-app"), "main")
            assert "up-to-date" in await me.well("push", me.at("pushed-app"), "main")
            assert (await made.visit("pushed-app")).status_code == 200
        await changed(me)
        await me.well("push", me.at("pushed-app"), "main")


async def the_newest(made: Platform) -> dict[str, Any]:
    """The newest operation, once there is one."""
    while not (found := await made.operations()):
        await asyncio.sleep(0.01)
    return found[0]


async def at_step(made: Platform, title: str) -> dict[str, Any]:
    """The newest operation, once that step of it has begun, or is over."""
    while True:
        it = await the_newest(made)
        steps = {step["title"]: step["state"] for step in it["steps"]}
        if it["phase"] == "running" and steps.get(title, "waiting") != "waiting":
            return it
        await asyncio.sleep(0.005)


async def test_a_classic_buildpack_is_fetched_by_the_build(tmp_path: Path, server: tuple[Path, str]) -> None:
    serves = "#!/bin/sh\necho default_process_types:\necho '  web: python3 -m http.server $PORT'\n"
    published(server[0], "greeting", {**GREETING, "bin/release": serves})
    async with pushed_to(tmp_path) as (made, me):
        await made.create("pushed-app")
        for name, value in {"BUILDPACK_URL": f"{server[1]}/greeting.git", "WHOM": "the world"}.items():
            body = {"variable": {"name": name, "value": value}}
            assert (await made.ask("POST", "/v1/apps/pushed-app/variables", json=body)).status_code == 201
        await begun(me, **{"greeting.txt": "hello"})
        said = await me.well("push", me.at("pushed-app"), "main")
        assert "-----> Greeting the world on headway-1" in said
        assert (await made.visit("pushed-app", "/greeting.txt")).text == "hello"
        await changed(me)
        assert "built 1 times before" in await me.well("push", me.at("pushed-app"), "main")


async def test_a_url_is_deployed_from_where_the_settings_allow_it(tmp_path: Path) -> None:
    async with pushed_to(tmp_path, "source_private_addresses = true\n") as (made, me):
        await made.create("pushed-app")
        await begun(me, Procfile="web: python3 -m http.server $PORT\n")
        await me.well("archive", "--format=tar.gz", "--prefix=root/", "-o", "../a.tar.gz", "HEAD")
        async with answering((me.home / "a.tar.gz").read_bytes()) as url:
            ended = await deployed_from(made, url)
        assert (ended["status"], ended["type"]) == ("success", "archive")
        assert (await made.visit("pushed-app")).status_code == 200


async def deployed_from(made: Platform, url: str) -> dict[str, object]:
    body = {"deployment": {"git_ref": "v1", "source_url": url}}
    accepted = await made.insist("POST", "/v1/apps/pushed-app/deployments", body)
    assert accepted.status_code == 201, accepted.text
    return await made.deployed("pushed-app", accepted.json()["deployment"]["id"])


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
