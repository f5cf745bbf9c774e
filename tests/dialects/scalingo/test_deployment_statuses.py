"""Each status of a deployment, seen over HTTP: while it is true, and when it is over."""

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
from headway.store.database import Tx
from headway.store.sheets import parsed
from headway.store.sqlite import Sqlite
from headway.testing.examples import archive
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.outside import Outside
from tests.ready_made import SECRET, add_token

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
