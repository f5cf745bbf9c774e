"""Deployments over HTTP: each status too, while it is true and when it is over."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from headway.clock import SystemClock
from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.apps.create import create
from headway.domain.operations.cancel import cancel
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import parse
from headway.model.apps import App
from headway.model.deployments import FAILURES, STEP_PROGRESS, STEP_STATUS, SUCCESS
from headway.store import deployments
from headway.store import deployments as rows
from headway.store.database import Tx
from headway.store.sheets import parsed
from headway.store.sqlite import Sqlite
from headway.testing.examples import archive
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.outside import Outside
from tests.ready_made import SECRET, add_token
from tests.records import a_deployment

Client = httpx2.AsyncClient
SQL = parsed(
    "test",
    """
-- name: at
UPDATE operations SET phase = 2, step = :step, turning_back = :back, progress = :progress WHERE id = :id
""",
)
SERVES = "web: serve\n"
ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "success": (SERVES, {}),
    "build-error": ("no colon\n", {}),
    "crashed-error": ("web: echo no such table;exit 3\n", {}),
    "timeout-error": ("web: sleep 1000\n", {"boot_seconds": 0.1}),
    "hook-error": (f"{SERVES}postdeploy: exit 3\n", {}),
    "aborted": (f"{SERVES}postdeploy: sleep 1000\n", {}),
}


@pytest.fixture
async def source_url(client: Client) -> str:
    urls = (await client.post("/v1/sources", json={})).json()["source"]
    await client.put(urls["upload_url"], content=b"archive")
    return urls["download_url"]


async def test_a_deployment_is_begun_found_and_listed(client: Client, app: App, source_url: str) -> None:
    wanted = {"deployment": {"git_ref": "v1", "source_url": source_url}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert reply.status_code == 201
    made = reply.json()["deployment"]
    assert (made["status"], made["git_ref"], made["pusher"]["email"]) == ("queued", "v1", "admin@example.com")
    found = await client.get(f"/v1/apps/{app.name}/deployments/{made['id']}")
    assert found.json() == {"deployment": made}
    listed = (await client.get(f"/v1/apps/{app.name}/deployments")).json()
    assert (listed["deployments"], listed["meta"]["pagination"]["total_count"]) == ([made], 1)
    assert (await client.get(f"/v1/apps/{app.name}")).json()["app"]["status"] == "booting"
    assert (await client.get(made["links"]["output"])).status_code == 200


async def test_without_a_ref_one_is_made_up(client: Client, app: App, source_url: str) -> None:
    wanted = {"deployment": {"git_ref": None, "source_url": source_url}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert reply.json()["deployment"]["git_ref"]


async def test_what_was_never_uploaded_cannot_be_deployed(client: Client, app: App) -> None:
    wanted = {"deployment": {"git_ref": "v1", "source_url": "ftp://example.com"}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert (reply.status_code, list(reply.json()["errors"])) == (422, ["source_url"])


async def test_they_come_in_pages_newest_first(client: Client, world: World, app: App) -> None:
    async def body(tx: Tx) -> None:
        for n in range(3):
            await rows.insert(tx, a_deployment(id=n + 1, app_id=app.id, ref=f"v{n}"))

    await world.database.write(body)
    first = (await client.get(f"/v1/apps/{app.name}/deployments?per_page=2&page=1")).json()
    assert [one["git_ref"] for one in first["deployments"]] == ["v2", "v1"]
    assert first["meta"]["pagination"]["next_page"] == 2
    far = (await client.get(f"/v1/apps/{app.name}/deployments?per_page=2&page=999999999999")).json()
    assert far["deployments"] == []


@pytest.mark.parametrize("path", ["deployments", "deployments/0/output", "caches/deployment"])
async def test_nothing_of_a_strangers_app_is_there(stranger: Client, app: App, path: str) -> None:
    method = "DELETE" if path.startswith("caches") else "GET"
    reply = await stranger.request(method, f"/v1/apps/{app.name}/{path}")
    assert (reply.status_code, reply.json()["resource"]) == (404, "app")


async def test_a_deployment_that_is_not_there_is_not_found(client: Client, app: App) -> None:
    for shown in ("0" * 24, "no-id"):
        reply = await client.get(f"/v1/apps/{app.name}/deployments/{shown}")
        assert (reply.status_code, reply.json()["resource"]) == (404, "deployment")


async def test_the_cache_can_be_deleted(client: Client, app: App) -> None:
    assert (await client.delete(f"/v1/apps/{app.name}/caches/deployment")).status_code == 204


async def begun(client: Client, app: App, procfile: str) -> dict[str, Any]:
    """A deployment of that Procfile, as it was answered."""
    urls = (await client.post("/v1/sources", json={})).json()["source"]
    await client.put(urls["upload_url"], content=archive(procfile))
    wanted = {"deployment": {"git_ref": "v1", "source_url": urls["download_url"]}}
    reply = await client.post(f"/v1/apps/{app.name}/deployments", json=wanted)
    assert reply.status_code == 201, reply.text
    return reply.json()["deployment"]


async def status(client: Client, app: App, deployment: dict[str, Any]) -> str:
    reply = await client.get(f"/v1/apps/{app.name}/deployments/{deployment['id']}")
    return reply.json()["deployment"]["status"]


async def operation_of(world: World, deployment: dict[str, Any]) -> int:
    async def body(tx: Tx) -> int:
        return (await deployments.get(tx, parse(deployment["id"]) or 0)).operation_id

    return await world.database.read(body)


async def test_while_it_goes_on_it_says_how_far_it_is(client: Client, world: World, app: App) -> None:
    made = await begun(client, app, SERVES)
    operation, seen = await operation_of(world, made), [made["status"]]
    for step, progress in enumerate(STEP_PROGRESS):
        given = {"id": operation, "step": step, "back": 0, "progress": progress}
        await world.database.write(lambda tx, given=given: tx.run(SQL["at"], **given))
        seen.append(await status(client, app, made))
    assert seen == ["queued", *STEP_STATUS]
    # It turns back, and says so only when that is over.
    given = {"id": operation, "step": 0, "back": 1, "progress": STEP_PROGRESS[-1]}
    await world.database.write(lambda tx: tx.run(SQL["at"], **given))
    assert await status(client, app, made) == "starting"


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    """A world outside, on SQLite."""
    database = Sqlite(tmp_path / "outside.db", SystemClock())
    await database.open()
    try:
        async with Outside(tmp_path, database).open() as outside:
            yield outside
    finally:
        await database.close()


def test_every_end_is_seen() -> None:
    assert set(ENDS) == {SUCCESS, *FAILURES}


@pytest.mark.parametrize("end", ENDS)
async def test_when_it_is_over_it_says_how_it_ended(outside: Outside, end: str) -> None:
    procfile, settings = ENDS[end]
    outside.settings(**settings)
    async with outside.at_work() as world:
        await add_token(world, outside.by.account_id, SECRET)
        app, feed = await create(world, "hello-end", outside.by), Feed(world.database)
        transport = httpx2.ASGITransport(mount(edge(world, feed), [SCALINGO]))
        headers = {"authorization": f"Bearer {SECRET}"}
        async with Client(transport=transport, base_url="http://127.0.0.1:8000", headers=headers) as client:
            made = await begun(client, app, procfile)
            operation = await operation_of(world, made)
            if end == "aborted":
                await cancel(world, operation, "enough", by=outside.by)
            async with asyncio.timeout(60):
                await feed.ended(operation)
            assert await status(client, app, made) == end
        feed.close()
