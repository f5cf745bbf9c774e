"""The stream of deployments, behind a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets
from starlette.types import ASGIApp

from headway.dialects.scalingo.deployments_stream import CLI_ORIGIN
from headway.domain.world import World
from headway.ids import show
from headway.model.apps import App
from headway.store import deployments as rows
from headway.web.ask import Edge
from tests.ready_made import OTHER_SECRET, SECRET, served
from tests.records import a_deployment


@pytest.fixture
async def url(site: ASGIApp, app: App) -> AsyncIterator[str]:
    async with served(site) as address:
        yield f"ws://{address}/v1/apps/{app.name}/deployments_stream"


def auth(token: str) -> str:
    return json.dumps({"type": "auth", "data": {"token": token}}) + "\n"


async def frames(socket: websockets.ClientConnection, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        return [json.loads(await socket.recv()) for _ in range(count)]


async def begun(world: World, app: App) -> None:
    deployment = a_deployment(app_id=app.id, created_at=world.clock.now())
    await world.database.write(lambda tx: rows.insert(tx, deployment))


async def test_who_follows_with_a_jwt_is_told_what_happens(
    url: str, the_edge: Edge, world: World, app: App
) -> None:
    token = the_edge.identity.jwt(await the_edge.identity.caller(SECRET))
    async with websockets.connect(url) as socket:
        await socket.send(auth(token))
        await begun(world, app)
        new, status = await frames(socket, 2)
        await world.database.write(lambda tx: rows.end(tx, 9, "success", world.clock.now()))
        (ended,) = await frames(socket, 1)
    assert new == {"id": show(9), "type": "new", "data": {"deployment": show(9)}}
    assert (status["type"], status["data"]) == ("status", {"status": "queued"})
    assert ended == {"id": show(9), "type": "status", "data": {"status": "success"}}


async def test_the_cli_is_told_the_whole_new_deployment(url: str, world: World, app: App) -> None:
    await begun(world, app)
    async with websockets.connect(url, origin=f"{CLI_ORIGIN}/1") as socket:  # type: ignore[arg-type]
        await socket.send(auth(SECRET))
        new, _ = await frames(socket, 2)
    assert new["data"]["deployment"]["pusher"]["username"] == "admin"


@pytest.mark.parametrize("said", [auth("wrong"), auth(OTHER_SECRET), "no json", "{}", "[]", ""])
async def test_who_does_not_prove_who_they_are_is_told_nothing(
    url: str, world: World, app: App, said: str
) -> None:
    await begun(world, app)
    async with websockets.connect(url) as socket:
        await socket.send(said)
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await frames(socket, 1)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_bytes_are_no_proof(url: str) -> None:
    async with websockets.connect(url) as socket:
        await socket.send(b"\xff")
        with pytest.raises(websockets.ConnectionClosedError):
            await frames(socket, 1)
