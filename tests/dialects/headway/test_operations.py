"""The dialect as a client meets it: behind a real server, on a real database, with an operation that a hand moves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest

from headway import ids
from headway.dialects.headway.dialect import headway
from headway.domain.world import World
from headway.engine.declare import OperationType, Step
from headway.engine.feed import Feed
from headway.model.accounts import Account
from headway.model.operations import Actor, Detail, LogLine, Operation, Phase
from headway.store import operations
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.ready_made import OTHER_SECRET, SECRET, served

Client = httpx2.AsyncClient


class Paint(msgspec.Struct, frozen=True):
    """What is painted."""

    wall: str


async def nothing(_run: Any) -> None:
    """A step that a hand does."""


PAINT: OperationType[Paint, World] = OperationType(
    name="wall.paint",
    params=Paint,
    target=lambda params: f"wall:{params.wall}",
    steps=(Step(title="mix", do=nothing), Step(title="brush", do=nothing)),
    summary=lambda params: f"paint the {params.wall} wall",
)


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, {PAINT.name: PAINT})
    async with (
        served(mount(edge(world, feed), [headway(stories)])) as address,
        httpx2.AsyncClient(base_url=f"http://{address}/headway/v1", headers=bearer(SECRET)) as client,
    ):
        yield client
    feed.close()


def bearer(secret: str) -> dict[str, str]:
    """The header that says who asks."""
    return {"authorization": f"Bearer {secret}"}


async def submit(world: World, by: Actor, wall: str = "north") -> Operation:
    """An operation that has begun, and that nobody performs."""
    queued = await world.database.write(lambda tx: world.desk.submit(tx, PAINT, Paint(wall), by=by))
    claimed = await world.database.write(lambda tx: operations.claim(tx, 1, world.clock.now(), 1))
    assert [it.id for it in claimed] == [queued.id]
    return claimed[0]


async def mix(world: World, it: Operation) -> Operation:
    """The first step is done."""
    assert await world.database.journal(operations.step_done(it, world.clock.now(), 50, "mix", {}))
    return msgspec.structs.replace(it, step=1, progress=50)


async def fail(world: World, it: Operation) -> None:
    """The end."""
    detail = Detail(code="no-paint", text="the paint is dry")
    assert await world.database.journal(operations.finished(it, world.clock.now(), Phase.FAILED, detail))


async def test_an_operation_is_told_with_its_steps(client: Client, world: World, by: Actor) -> None:
    it = await mix(world, await submit(world, by))
    shown = (await client.get(f"/operations/{ids.show(it.id)}")).json()
    assert (shown["type"], shown["summary"]) == ("wall.paint", "paint the north wall")
    assert (shown["phase"], shown["progress"]) == ("running", 50)
    assert [(step["title"], step["state"]) for step in shown["steps"]] == [
        ("mix", "done"),
        ("brush", "running"),
    ]


async def test_a_wait_ends_as_soon_as_something_has_happened(client: Client, world: World, by: Actor) -> None:
    it = await submit(world, by)
    path = f"/operations/{ids.show(it.id)}"
    seq = (await client.get(path)).json()["seq"]
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        waiting = group.create_task(client.get(path, params={"after": seq, "wait": 30}))
        await asyncio.sleep(0)
        await mix(world, it)
    assert waiting.result().json()["progress"] == 50


async def test_a_wait_for_what_has_happened_already_does_not_wait(
    client: Client, world: World, by: Actor
) -> None:
    it = await submit(world, by)
    async with asyncio.timeout(20):
        reply = await client.get(f"/operations/{ids.show(it.id)}", params={"after": 0, "wait": 30})
    assert reply.json()["phase"] == "running"


async def test_a_wait_for_an_operation_that_has_ended_does_not_wait(
    client: Client, world: World, by: Actor
) -> None:
    it = await submit(world, by)
    await fail(world, it)
    async with asyncio.timeout(20):
        reply = await client.get(f"/operations/{ids.show(it.id)}", params={"after": 1 << 40, "wait": 30})
    assert reply.json()["detail"] == {"code": "no-paint", "text": "the paint is dry"}


async def test_a_wait_is_over_when_its_time_is(client: Client, world: World, by: Actor) -> None:
    it = await submit(world, by)
    path = f"/operations/{ids.show(it.id)}"
    seq = (await client.get(path)).json()["seq"]
    assert (await client.get(path, params={"after": seq, "wait": 1})).json()["seq"] == seq


async def test_the_list_is_newest_first_and_comes_in_pages(client: Client, world: World, by: Actor) -> None:
    made = [ids.show((await submit(world, by, wall)).id) for wall in ("north", "east", "south")]
    first = (await client.get("/operations", params={"limit": 2})).json()
    assert [it["id"] for it in first["operations"]] == made[:0:-1]
    rest = (await client.get("/operations", params={"limit": 2, "cursor": first["next"]})).json()
    assert ([it["id"] for it in rest["operations"]], rest["next"]) == (made[:1], None)
    about = (await client.get("/operations", params={"target": "wall:east"})).json()
    assert [it["id"] for it in about["operations"]] == [made[1]]


async def test_the_stream_tells_every_event_once_and_ends_with_the_operation(
    client: Client, world: World, by: Actor
) -> None:
    it = await submit(world, by)
    names: list[str] = []
    async with (
        asyncio.timeout(20),
        client.stream("GET", f"/operations/{ids.show(it.id)}/events") as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: operation."))
            if names == ["queued", "started"] and not line:
                it = await mix(world, it)
            if names[-1:] == ["step_done"] and not line:
                await fail(world, it)
    assert names == ["queued", "started", "step_done", "failed"]


async def test_a_stream_goes_on_behind_the_last_event_that_was_seen(
    client: Client, world: World, by: Actor
) -> None:
    it = await submit(world, by)
    path = f"/operations/{ids.show(it.id)}"
    seq = (await client.get(path)).json()["seq"]
    await fail(world, it)
    assert (await client.get(f"{path}/events", headers={"last-event-id": "x"})).status_code == 422
    told = await client.get(f"{path}/events", headers={"last-event-id": str(seq)})
    assert told.headers["content-type"].startswith("text/event-stream")
    assert [line for line in told.text.splitlines() if line.startswith("event")] == [
        "event: operation.failed"
    ]


async def test_the_log_is_told_behind_a_line(client: Client, world: World, by: Actor) -> None:
    it = await submit(world, by)
    for n, text in enumerate(("one\n", "two\n"), start=1):
        assert await world.database.journal(
            operations.said(it, LogLine(n=n, at=world.clock.now(), text=text))
        )
    reply = await client.get(f"/operations/{ids.show(it.id)}/log", params={"after": 1})
    assert [(line["n"], line["text"]) for line in reply.json()["lines"]] == [(2, "two\n")]


async def test_a_running_operation_is_asked_to_turn_back(client: Client, world: World, by: Actor) -> None:
    it = await submit(world, by)
    reply = await client.post(f"/operations/{ids.show(it.id)}/cancel", json={"reason": "wrong colour"})
    assert (reply.status_code, reply.json()["cancelling"], reply.json()["phase"]) == (202, True, "running")


async def test_an_operation_that_ended_cannot_be_cancelled(client: Client, world: World, by: Actor) -> None:
    it = await submit(world, by)
    await fail(world, it)
    reply = await client.post(f"/operations/{ids.show(it.id)}/cancel")
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize("path", ["", "/events", "/log"])
async def test_what_somebody_else_began_is_not_there(
    path: str, client: Client, world: World, by: Actor, other: Account
) -> None:
    it = await submit(world, by)
    reply = await client.get(f"/operations/{ids.show(it.id)}{path}", headers=bearer(OTHER_SECRET))
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not-found")
    assert (await client.get("/operations", headers=bearer(OTHER_SECRET))).json()["operations"] == []


@pytest.mark.parametrize("id", ["1", "x" * 24, "f" * 24])
async def test_what_is_no_operation_is_not_there(id: str, client: Client) -> None:
    assert (await client.get(f"/operations/{id}")).status_code == 404


async def test_nobody_without_a_token_is_told_anything(client: Client) -> None:
    reply = await client.get("/operations", headers={"authorization": ""})
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "unauthenticated")
