"""A whole platform as its users have it: `headway up` in a process of its own, real containers, a real router."""

import asyncio
import io
import os
import secrets
import shutil
import signal
import tarfile
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

from headway.cli import pidfile
from headway.cli.child import Child, scratch_platform
from headway.clock import SystemClock
from headway.config import Config

APP = Path(__file__).parent / "app"
ENDED = {"done", "error"}
SETTINGS = """stop_grace_seconds = 10
request_drain_seconds = 10
boot_seconds = 30
requests_per_minute = 1000000
scalingo_requests_per_minute = 1000000
"""


class Platform:
    """One platform, and a client that knows its administrator."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.child = Child(config, SystemClock())
        self._http = httpx2.AsyncClient(base_url=f"http://{config.listen}", trust_env=False, timeout=60)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()
        await self.child.end()

    async def start(self) -> None:
        """It is ready, and the client signed in."""
        await self.child.start()
        if "Authorization" not in self._http.headers:
            token = (self.config.folder / "admin.token").read_text().strip()
            reply = await self._http.post("/v1/tokens/exchange", auth=("", token), json={})
            self._http.headers["Authorization"] = f"Bearer {reply.json()['token']}"

    @property
    def pid(self) -> int:
        """The control plane's."""
        pid = pidfile.holder(self.config.folder)
        assert pid, "the control plane does not run"
        return pid

    async def kill(self) -> None:
        """SIGKILL to the control plane, and nothing else."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        await until(lambda: pidfile.holder(self.config.folder) is None)

    async def terminate(self) -> float:
        """SIGTERM to the control plane; how many seconds it took to end."""
        begun = time.monotonic()
        assert await asyncio.to_thread(pidfile.end, self.pid, seconds=self.config.drain_seconds)
        return time.monotonic() - begun

    async def ask(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """One request, whatever the answer."""
        return await self._http.request(method, path, **given)

    async def insist(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """The same request, with one idempotency key, until there is an answer."""
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        while True:
            try:
                return await self.ask(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                await asyncio.sleep(0.02)

    async def change(self, path: str, body: Any) -> dict[str, Any]:
        """Submit an operation of Scalingo's, and return it when it has ended."""
        accepted = await self.insist("POST", path, body)
        assert accepted.status_code == 202, accepted.text
        return await self.ended(accepted.headers["location"])

    async def ended(self, url: str) -> dict[str, Any]:
        """The operation behind a URL, when it has ended."""
        while True:
            operation = (await self.insist("GET", url)).json()["operation"]
            if operation["status"] in ENDED:
                return operation
            await asyncio.sleep(0.03)

    async def create(self, app: str) -> str:
        """A new app; its id."""
        reply = await self.ask("POST", "/v1/apps", json={"app": {"name": app}})
        assert reply.status_code == 201, reply.text
        return reply.json()["app"]["id"]

    async def upload(self, archive: bytes) -> str:
        """Upload an archive; its URL."""
        while True:
            source = (await self.insist("POST", "/v1/sources", {})).json()["source"]
            try:
                reply = await self.ask("PUT", source["upload_url"], content=archive)
            except httpx2.TransportError:
                await asyncio.sleep(0.02)
                continue
            assert reply.status_code == 200, reply.text
            return source["download_url"]

    async def deploy(self, app: str, archive: bytes, ref: str = "v1") -> dict[str, Any]:
        """Deploy an archive; the deployment when it has ended."""
        body = {"deployment": {"git_ref": ref, "source_url": await self.upload(archive)}}
        accepted = await self.insist("POST", f"/v1/apps/{app}/deployments", body)
        assert accepted.status_code == 201, accepted.text
        return await self.deployed(app, accepted.json()["deployment"]["id"])

    async def deployed(self, app: str, id: str) -> dict[str, Any]:
        """The deployment, when it has ended."""
        while True:
            deployment = (await self.insist("GET", f"/v1/apps/{app}/deployments/{id}")).json()["deployment"]
            if deployment["status"] not in {"queued", "building", "pushing", "starting"}:
                return deployment
            await asyncio.sleep(0.03)

    async def said_by(self, app: str, deployment: Mapping[str, Any]) -> str:
        """The output of a deployment."""
        return (await self.insist("GET", f"/v1/apps/{app}/deployments/{deployment['id']}/output")).text

    async def operations(self) -> list[dict[str, Any]]:
        """Every operation, in our own dialect, newest first."""
        token = (self.config.folder / "admin.token").read_text().strip()
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next": ""}
        while page["next"] is not None:
            before = f"&before={page['next']}" if page["next"] else ""
            reply = await self.ask(
                "GET",
                f"/headway/v1/operations?limit=100{before}",
                headers={"Authorization": f"Bearer {token}"},
            )
            page = reply.json()
            found += page["operations"]
        return found

    async def containers(self, app: str) -> dict[str, str]:
        """The state of each container that the app should have, by its id."""
        reply = await self.insist("GET", f"/v1/apps/{app}/ps")
        return {it["id"]: it["state"] for it in reply.json()["containers"]}

    async def log(self, app: str, only: str = "") -> list[str]:
        """All lines of the app's log, oldest first, without their times."""
        url = (await self.insist("GET", f"/v1/apps/{app}/logs")).json()["logs_url"]
        text = (await self.ask("GET", f"{url}&n=10000&filter={only}")).text
        return [line.partition("UTC ")[2] for line in text.splitlines()]

    def units(self) -> set[str]:
        """Of which containers the runtime keeps anything."""
        return {folder.name for folder in (self.config.folder / "runtime" / "units").iterdir()}

    async def visit(self, app: str, path: str = "/") -> httpx2.Response:
        """One request to an app, through the router."""
        host = f"{app}.{self.config.domain}"
        async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
            return await http.get(f"http://{self.config.apps}{path}", headers={"Host": host})

    async def serves(self, app: str) -> bool:
        """Whether the app answers."""
        return (await self.visit(app)).text == "served"


@asynccontextmanager
async def platform(settings: str = SETTINGS, folder: Path | None = None) -> AsyncIterator[Platform]:
    """A platform in a folder that its apps' users can reach; nothing of it is left afterwards."""
    place = folder or Path(tempfile.mkdtemp(prefix="headway-journey-"))
    # Read by `up` where it is started: in the data folder.
    (place / "headway.toml").write_text(settings)
    try:
        async with Platform(scratch_platform(place)) as made:
            yield made
    finally:
        if folder is None:
            shutil.rmtree(place)


def archive(files: Mapping[str, str | bytes], *, top: str = "source/") -> bytes:
    """A gzipped tar with these files in a folder."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(f"{top}{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def good(**more: str | bytes) -> bytes:
    """The app that behaves, with more files."""
    return archive({file.name: file.read_bytes() for file in APP.iterdir() if file.is_file()} | more)


def processes(app_id: str) -> dict[int, str]:
    """The processes of an app's containers, on this machine, with their labels."""
    found: dict[int, str] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = dict(
                part.split("=", 1) for part in (place / "environ").read_text().split("\0") if "=" in part
            )
        except (OSError, UnicodeDecodeError):
            continue
        if environment.get("SCALINGO_APPLICATION_ID") == app_id:
            found[int(place.name)] = environment.get("CONTAINER", "")
    return found


def routers(platform: Platform) -> list[int]:
    """The processes of its router."""
    place = f"{platform.config.folder}/router"
    return [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if _at(process) == place and b"envoy" in (process / "cmdline").read_bytes().split(b"\0")[0]
    ]


def _at(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""


async def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Return when it holds: for what nobody tells."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)
