"""Ours behind HTTP, as far as reading, following and waiting need it: every dialect's door, the server, the engine.

No containers and no router. It prints one line of JSON, where it is reached and what can be asked of it, and serves
until it is killed. `bare` instead is the same server with nothing behind it: an application that answers the same
bytes to everybody. `hub` is another such application, with streams and answers that wait until something is fired.
"""

import asyncio
import json
import resource
import socket
from pathlib import Path
from typing import Any, cast

import msgspec
import uvloop
from engine_headway import TYPES, Thing
from loop import given

from headway.clock import SystemClock
from headway.config import Config
from headway.dialects.headway.dialect import headway
from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.accounts.secret import hash_of
from headway.domain.apps.create import create
from headway.domain.apps.restart import RESTART, Restart
from headway.domain.stats.meter import Meter
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.engine.submit import Desk
from headway.engine.worker import Worker
from headway.ids import Ids, show
from headway.model.accounts import Account, Token
from headway.model.apps import App
from headway.model.operations import Actor, Operation, Phase
from headway.store import accounts, events, operations, tokens
from headway.store.blobs import Blobs
from headway.store.database import Database, Tx
from headway.store.logbook import Logbook
from headway.store.postgres import Postgres
from headway.store.sqlite import Sqlite
from headway.views.stories import Stories
from headway.web import body
from headway.web.ask import Ask, Edge, edge
from headway.web.body import Answer
from headway.web.dialect import Dialect, mount
from headway.web.identity import bearer
from headway.web.routes import Route
from headway.web.server import Server

FILES = 1 << 20
LIMITLESS = 1_000_000_000
SECRET = "tk-us-bench"


class Bench:
    """A dialect of two words: do one thing and wait for its end; fire what followers wait for."""

    def __init__(self, world: World, feed: Feed, followed: Operation) -> None:
        self._world = world
        self._feed = feed
        self._followed = followed
        self._progress = 0

    def dialect(self) -> Dialect:
        """Below `/bench`."""
        return Dialect(
            name="bench",
            prefixes=("/bench",),
            routes=(
                Route("POST", "/bench/things/{name}", self.post),
                Route("GET", "/bench/waiting", self.waiting),
                Route("POST", "/bench/fire", self.fire),
            ),
            secret=lambda headers: bearer(headers.get("authorization")),
            refuse=lambda refusal: body.text(str(refusal), 400),
        )

    async def post(self, ask: Ask) -> Answer:
        """An operation of three steps and five lines of log, durable, done and told."""
        thing = Thing(ask.params["name"])
        operation = await self._world.database.write(
            lambda tx: self._world.desk.submit(tx, TYPES["FL3"], thing, by=ask.actor)
        )
        ended = await self._feed.ended(operation.id)
        assert ended is not None
        assert ended.phase is Phase.SUCCEEDED
        return body.answer({"id": show(ended.id), "phase": "succeeded"}, 201)

    async def waiting(self, _: Ask) -> Answer:
        """How many follow it by now."""
        topic = self._feed.join(self._followed.id)
        count = topic.waiting
        self._feed.leave(topic)
        return body.answer(count)

    async def fire(self, _: Ask) -> Answer:
        """Something happens to the operation that everybody follows."""
        self._progress += 1
        now = self._world.clock.now()
        assert await self._world.database.journal(operations.advanced(self._followed, now, self._progress))
        return body.answer({})


def world_of(data: str, database: Database, desk: Desk, ids: Ids) -> World:
    """A platform without containers and without a router."""
    clock = SystemClock()
    return World(
        config=Config(data=data, requests_per_minute=LIMITLESS, scalingo_requests_per_minute=LIMITLESS),
        clock=clock,
        ids=ids,
        database=database,
        desk=desk,
        runtime=cast(Any, None),
        router=cast(Any, None),
        sites=cast(Any, None),
        authority=cast(Any, None),
        builder=cast(Any, None),
        logbook=Logbook(Path(data) / "logs", clock, hot_bytes=1 << 20),
        blobs=Blobs(Path(data) / "files", clock),
        meter=Meter(cast(Any, None), clock),
    )


async def main(kind: str, url: str, data: str, stored: int = 100) -> None:
    """Fill, say where it is, serve."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    clock = SystemClock()
    database: Database = Postgres(url, clock) if url.startswith("postgresql:") else Sqlite(Path(url), clock)
    await database.open()
    ids = Ids(clock)
    worker = Worker[Any](
        database,
        clock,
        {type.name: type for type in TYPES.values()},
        node="bench",
        lease_seconds=10,
        operations_max=1000,
        numbered=ids.belong_to,
    )
    world = world_of(data, database, Desk(ids, clock, worker), ids)
    worker.given(world)
    feed = Feed(database)
    site = edge(world, feed)
    app, by = await peopled(world)
    shown, followed = await _stored(world, app, by, stored)
    stories = Stories(database, feed, clock, {})
    roof = mount(site, (SCALINGO, headway(stories), Bench(world, feed, followed).dialect()))
    port = free_port()
    apps = {"headway": roof, "bare": bare, "hub": Hub()}
    server = Server(apps[kind], ("127.0.0.1", port), drain_seconds=2)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.serve(asyncio.Event(), stop))
        group.create_task(server.serve(ready, stop))
        await ready.wait()
        told = {
            "port": port,
            "token": await _jwt(site),
            "paths": [f"/v1/apps/{app.name}/operations/{show(it)}" for it in shown],
            "followed": f"/headway/v1/operations/{show(followed.id)}",
            "seq": await database.read(events.last),
        }
        print(json.dumps(told), flush=True)


async def peopled(world: World) -> tuple[App, Actor]:
    """An app, and whose it is."""
    now = world.clock.now()
    account = Account(world.ids.next(), "admin", "admin@example.com", now)

    async def body(tx: Tx) -> None:
        await accounts.insert(tx, account)
        await tokens.insert(tx, Token(world.ids.next(), account.id, "bench", hash_of(SECRET), now, now))

    await world.database.write(body)
    by = Actor(account_id=account.id, name=account.name)
    return await create(world, "bench-app", by), by


async def _stored(world: World, app: App, by: Actor, count: int) -> tuple[list[int], Operation]:
    """So many operations of the app that have ended, and one that is running and that nobody performs."""
    kept: list[int] = []
    for number in range(count + 1):
        now = world.clock.now()
        params = Restart(app_id=app.id, scope=[], release_id=1, before=[], after=[])
        operation = Operation(
            id=world.ids.next(),
            type=RESTART.name,
            target=f"app:{app.id}",
            exclusive=True,
            phase=Phase.RUNNING,
            params=msgspec.json.encode(params).decode(),
            account_id=by.account_id,
            # A node that does not exist: nobody performs it, nobody takes it over.
            owner=1_000_000,
            fence=1,
            step=0,
            turning_back=False,
            attempt=1,
            progress=0,
            cancel_requested_at=None,
            cancel_reason="",
            detail=None,
            created_at=now,
            started_at=now,
            updated_at=now,
            finished_at=None,
        )
        assert await world.database.journal(operations.accepted(operation, by))
        if number == count:
            return kept, operation
        assert await world.database.journal(operations.finished(operation, now, Phase.SUCCEEDED, None))
        kept.append(operation.id)
    raise AssertionError


async def _jwt(site: Edge) -> str:
    return site.identity.jwt(await site.identity.caller(SECRET))


BODY = (
    b'{"operation":{"id":"6b02550f000000003a600000","app_id":"6b02550f0000000037c00000",'
    b'"created_at":"2026-11-22T02:35:59.467Z","finished_at":"2026-11-22T02:35:59.467Z","status":"done","type":"restart"}}'
)


async def bare(_scope: Any, _receive: Any, send: Any) -> None:
    """The least that an application can do."""
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", b"%d" % len(BODY)),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


class Hub:
    """The least that an application with followers can do: nobody is asked who they are, nothing is kept."""

    def __init__(self) -> None:
        self._fired = asyncio.Event()
        self._waiting = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/bench/waiting":
            await body.answer(self._waiting)(scope, receive, send)
            return
        self._waiting += 1
        if scope["method"] == "POST":
            self._fired.set()
            self._fired = asyncio.Event()
            await bare(scope, receive, send)
        elif scope["path"].endswith("/events"):
            await send({
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/event-stream")],
            })
            await send({"type": "http.response.body", "body": EVENT, "more_body": True})
            while True:
                await self._fired.wait()
                await send({"type": "http.response.body", "body": EVENT, "more_body": True})
        else:
            await self._fired.wait()
            await bare(scope, receive, send)


EVENT = (
    b'id: 1\nevent: operation.progress\ndata: {"seq":1,"name":"operation.progress","data":{"progress":1}}\n\n'
)


def free_port() -> int:
    """One on loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


if __name__ == "__main__":
    uvloop.run(main(**given()))
