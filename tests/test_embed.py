"""An engine within a service: its own types, its own people, its own transactions."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx2
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from headway.embed import (
    Actor,
    Engine,
    Failure,
    Operation,
    OperationType,
    Phase,
    Refusal,
    Run,
    Step,
    Tx,
    decode,
    location,
    refused,
    statements,
)
from headway.errors import Busy, Conflict, Invalid, NotFound, Unauthenticated
from headway.ids import show
from tests.databases import Server, fresh

ALICE, BOB = Actor(account_id=1, name="alice"), Actor(account_id=2, name="bob")
PEOPLE = {"alices-secret": ALICE, "bobs-secret": BOB}
SQL = statements(
    "bakery",
    """
-- name: table
CREATE TABLE IF NOT EXISTS bakery (bread TEXT NOT NULL, said TEXT NOT NULL)
-- name: insert
INSERT INTO bakery (bread, said) VALUES (:bread, :said)
-- name: all
SELECT bread, said FROM bakery ORDER BY said
""",
)


class Oven:
    """What bakes; it lets nothing out until it is opened."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.heated = asyncio.Event()
        self.inside: set[str] = set()


class Bake(msgspec.Struct, frozen=True):
    bread: Annotated[str, msgspec.Meta(max_length=20)]
    burns: bool = False


async def bake(run: Run[Bake, Oven]) -> dict[str, Any]:
    run.world.inside.add(run.params.bread)
    run.world.heated.set()
    await run.world.open.wait()
    if run.params.burns:
        raise Failure("burnt", "it was forgotten")
    return {"crust": "golden"}


async def take_out(run: Run[Bake, Oven]) -> None:
    run.world.inside.discard(run.params.bread)


async def sell(run: Run[Bake, Oven], tx: Tx) -> None:
    await tx.run(SQL["insert"], bread=run.params.bread, said="sold")


async def throw_away(run: Run[Bake, Oven], tx: Tx, _: Any) -> None:
    await tx.run(SQL["insert"], bread=run.params.bread, said="thrown away")


BAKE = OperationType[Bake, Oven](
    name="bread.bake",
    params=Bake,
    target=lambda it: f"bread:{it.bread}",
    steps=(Step(title="bake", do=bake, undo=take_out),),
    record=sell,
    record_failure=throw_away,
    same_again=True,
)


async def who(secret: str) -> Actor | None:
    return PEOPLE.get(secret)


class Bakery:
    """The service, at work."""

    def __init__(self, engine: Engine[Oven], oven: Oven) -> None:
        self.engine = engine
        self.oven = oven

    async def ask(self, bread: str, by: Actor = ALICE, **more: Any) -> Operation:
        """Ask for a bread; what was said of it is in the same transaction."""
        key = more.pop("key", "")

        async def body(tx: Tx) -> Operation:
            await tx.run(SQL["insert"], bread=bread, said="asked for")
            return await self.engine.submit(tx, BAKE, Bake(bread, **more), by=by, key=key)

        return await self.engine.database.write(body)

    async def end_of(self, it: Operation) -> Operation:
        """The operation, once it has ended; the oven is open."""
        self.oven.open.set()
        async with asyncio.timeout(60):
            ended = await self.engine.ended(it.id)
        assert ended is not None
        return ended

    async def book(self) -> list[tuple[str, str]]:
        """What is in the book."""
        return await self.engine.database.read(lambda tx: tx.all(SQL["all"]))

    def app(self) -> ASGIApp:
        """Over HTTP."""

        async def bakes(request: Request) -> JSONResponse:
            by, wish = await self.engine.asker(request.headers), decode(await request.body(), Bake)
            it = await self.ask(wish.bread, by)
            return JSONResponse({}, 202, {"Location": location(it)})

        doors = [Route("/breads", bakes, methods=["POST"]), Mount("/", self.engine.dialects())]
        return Starlette(routes=doors, exception_handlers={Refusal: refused})


@asynccontextmanager
async def opened(place: str | Path) -> AsyncGenerator[Bakery]:
    oven = Oven()
    engine = Engine(place, [BAKE], world=oven, who=who, name="bakery")
    async with engine.running():
        await engine.database.write(lambda tx: tx.run(SQL["table"]))
        yield Bakery(engine, oven)


@asynccontextmanager
async def speaking(bakery: Bakery, secret: str = "alices-secret") -> AsyncGenerator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {secret}"}
    transport = httpx2.ASGITransport(bakery.app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://bakery", headers=headers) as client:
        yield client


async def test_an_operation_is_accepted_together_with_what_else_is_written(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        ended = await bakery.end_of(await bakery.ask("rye"))
        assert ended.phase is Phase.SUCCEEDED
        assert await bakery.book() == [("rye", "asked for"), ("rye", "sold")]


async def test_what_is_refused_leaves_nothing_of_its_transaction(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        first = await bakery.ask("rye")
        with pytest.raises(Busy) as busy:
            await bakery.ask("rye")
        assert busy.value.holder == first.id
        assert await bakery.book() == [("rye", "asked for")]


async def test_it_works_on_postgresql(server: Server) -> None:
    async with fresh(server) as url, opened(url) as bakery:
        ended = await bakery.end_of(await bakery.ask("rye"))
        assert ended.phase is Phase.SUCCEEDED
        assert await bakery.book() == [("rye", "asked for"), ("rye", "sold")]


async def test_a_key_means_the_first_operation_again(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        first = await bakery.ask("rye", key="k")
        assert (await bakery.ask("rye", key="k")).id == first.id


async def test_what_is_cancelled_is_undone_and_recorded_as_such(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        it = await bakery.ask("rye")
        await bakery.oven.heated.wait()
        with pytest.raises(NotFound):
            await bakery.engine.cancel(it.id, by=BOB)
        await bakery.engine.cancel(it.id, by=ALICE, reason="no hunger")
        async with asyncio.timeout(60):
            ended = await bakery.engine.ended(it.id)
        assert ended is not None
        assert (ended.phase, bakery.oven.inside) == (Phase.CANCELLED, set())
        assert await bakery.book() == [("rye", "asked for"), ("rye", "thrown away")]


async def test_what_was_begun_is_gone_on_with_by_the_next_one(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        it = await bakery.ask("rye")
        await bakery.oven.heated.wait()
    async with opened(tmp_path / "a.db") as bakery:
        assert (await bakery.end_of(it)).phase is Phase.SUCCEEDED
        assert await bakery.book() == [("rye", "asked for"), ("rye", "sold")]


def test_two_types_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"two that are called bread\.bake"):
        Engine(tmp_path / "a.db", [BAKE, BAKE], world=Oven(), who=who)


async def test_two_cannot_work_on_one_file(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db"):
        with pytest.raises(Conflict, match="another process works on"):
            async with opened(tmp_path / "a.db"):
                pass


async def test_who_asks_is_asked_of_the_service(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        assert await bakery.engine.asker({"authorization": "Bearer bobs-secret"}) == BOB
        for headers in ({}, {"authorization": "Bearer nobodys"}, {"authorization": "bobs-secret"}):
            with pytest.raises(Unauthenticated):
                await bakery.engine.asker(headers)


async def test_a_handler_of_ones_own_answers_refusals_as_json(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery, speaking(bakery) as client:
        begun = await client.post("/breads", json={"bread": "rye"})
        again = await client.post("/breads", json={"bread": "rye"})
        wrong = await client.post("/breads", json={"bread": 5})
        nobody = await client.post("/breads", json={"bread": "rye"}, headers={"Authorization": "x"})
    assert [it.status_code for it in (begun, again, wrong, nobody)] == [202, 409, 422, 401]
    holder = begun.headers["Location"].rpartition("/")[2]
    assert again.json()["error"]["holder"] == holder
    assert "bread" in wrong.json()["error"]["fields"]
    assert nobody.headers["WWW-Authenticate"] == 'Bearer realm="headway"'


async def test_each_person_sees_what_they_began_in_every_dialect(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery:
        it = await bakery.end_of(await bakery.ask("rye"))
        id = show(it.id)
        paths = (
            *(f"/headway/v1/operations/{id}", f"/v1/apps/bakery/operations/{id}"),
            *(f"/api/v1/operations/{id}", f"/api/v1/operations/{id}/log", f"/operations/{id}"),
            f"/operations/{id}/resource",
        )
        async with speaking(bakery) as alice, speaking(bakery, "bobs-secret") as bob:
            hers = [(await alice.get(path)).status_code for path in paths]
            his = [(await bob.get(path)).status_code for path in paths]
            unknown = [(await alice.get(path, headers={"Authorization": "x"})).status_code for path in paths]
            listed = (await bob.get("/headway/v1/operations")).json()["operations"]
        assert (hers, his, unknown, listed) == ([200] * 6, [404] * 6, [401] * 6, [])


async def test_what_has_failed_says_so_in_every_dialect_and_can_be_tried_again(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery, speaking(bakery) as client:
        it = await bakery.end_of(await bakery.ask("rye", burns=True))
        id = show(it.id)
        ours = (await client.get(f"/headway/v1/operations/{id}")).json()
        scalingo = (await client.get(f"/v1/apps/bakery/operations/{id}")).json()["operation"]
        toloka = (await client.get(f"/api/v1/operations/{id}")).json()
        log = (await client.get(f"/api/v1/operations/{id}/log")).json()
        workiva = (await client.get(f"/platform/v1/operations/{id}")).json()
        retried = await client.post(f"/headway/v1/operations/{id}/retry")
        dry = await client.post(f"/headway/v1/operations/{id}/retry", headers={"X-Dry-Run": "true"})
    assert ours["detail"] == {"code": "burnt", "text": "it was forgotten"}
    assert (scalingo["status"], scalingo["app_id"], scalingo["type"]) == ("error", "bakery", "bake")
    assert (toloka["status"], toloka["type"]) == ("FAIL", "BREAD.BAKE")
    assert toloka["parameters"] == log[0]["input"] == {"bread": "rye", "burns": True}
    assert workiva["details"][0]["code"] == "burnt"
    assert (retried.status_code, retried.json()["because_of"]) == (202, {"id": id, "kind": "retry"})
    assert (dry.status_code, dry.json()["type"]) == (200, "bread.bake")


async def test_nobody_begins_an_operation_but_the_service(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as bakery, speaking(bakery) as client:
        wish = {"type": "bread.bake", "params": {"bread": "rye"}}
        assert (await client.post("/headway/v1/operations", json=wish)).status_code == 405
        for path in ("/headway/v1/apps", "/headway/v1/webhooks", "/v1/apps", "/v1/apps/x/operations/1"):
            assert (await client.get(path)).status_code == 404
        document = (await client.get("/headway/v1/openapi.json")).json()
        assert all("/apps" not in path and "/files" not in path for path in document["paths"])
        assert (await client.get("/docs/deprecations/platform-v1-operations")).status_code == 200
