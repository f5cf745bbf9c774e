"""What is answered from memory is what the database would have said."""

import dataclasses
from collections.abc import AsyncIterator

import httpx2
import msgspec
import pytest

from headway.dialects.scalingo.dialect import SCALINGO
from headway.domain.accounts.revoke_token import revoke_token
from headway.domain.apps.restart import RESTART, Restart
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.ids import show
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor, Operation, Phase
from headway.store import operations, tokens
from headway.store.database import Database, Touched, Tx
from headway.store.sheets import Query, Statement
from headway.web.ask import Edge, edge
from headway.web.body import About, Answer
from headway.web.dialect import mount
from headway.web.identity import BELIEVED_SECONDS, Caller
from headway.web.limits import Limits
from headway.web.request_ids import RequestIds
from headway.web.snapshots import KEPT_MAX, Snapshots
from tests.ready_made import OTHER_SECRET, SECRET, HandClock

Client = httpx2.AsyncClient


class Counted:
    """A database of which is counted how often it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)

    async def read(self, body: object) -> object:
        self.reads += 1
        return await self._database.read(body)  # type: ignore[arg-type]


@pytest.fixture
def counted(world: World) -> Counted:
    return Counted(world.database)


@pytest.fixture
async def the_edge(world: World, counted: Counted) -> Edge:
    world = dataclasses.replace(world, database=counted)  # type: ignore[arg-type]
    return edge(world, Feed(world.database))


@pytest.fixture
async def client(the_edge: Edge) -> AsyncIterator[Client]:
    transport = httpx2.ASGITransport(mount(the_edge, [SCALINGO]))
    headers = {"authorization": f"Bearer {SECRET}"}
    async with Client(transport=transport, base_url="http://h", headers=headers) as client:
        assert (await client.get("/v1/users/self")).status_code == 200
        yield client


@pytest.fixture
async def operation(world: World, app: App, by: Actor) -> Operation:
    """A running one, which nobody performs."""
    params = Restart(app_id=app.id, scope=[], release_id=1, before=[], after=[])
    await world.database.write(lambda tx: world.desk.submit(tx, RESTART, params, by=by))
    claimed = await world.database.write(lambda tx: operations.claim(tx, 1, world.clock.now(), 1))
    return claimed[0]


@pytest.fixture
def path(app: App, operation: Operation) -> str:
    return f"/v1/apps/{app.name}/operations/{show(operation.id)}"


async def finish(world: World, operation: Operation) -> None:
    at = world.clock.now()
    assert await world.database.journal(operations.finished(operation, at, Phase.SUCCEEDED, None))


def status(reply: httpx2.Response) -> str:
    return reply.json()["operation"]["status"]


async def test_what_has_not_changed_is_not_read_again(client: Client, path: str, counted: Counted) -> None:
    first = await client.get(path)
    reads = counted.reads
    again = await client.get(path)
    assert counted.reads == reads
    assert (again.status_code, again.content) == (200, first.content)
    assert {name for name, value in first.headers.items() if again.headers[name] != value} == {"x-request-id"}


async def test_a_commit_is_seen_by_the_next_who_asks(
    client: Client, path: str, world: World, operation: Operation
) -> None:
    for _ in range(2):
        assert status(await client.get(path)) == "running"
    await finish(world, operation)
    for _ in range(2):
        assert status(await client.get(path)) == "done"


async def test_a_commit_to_another_operation_changes_nothing(
    client: Client, path: str, counted: Counted, world: World, by: Actor
) -> None:
    await client.get(path)
    reads = counted.reads
    params = Restart(app_id=1, scope=[], release_id=1, before=[], after=[])
    await world.database.write(lambda tx: world.desk.submit(tx, RESTART, params, by=by))
    await client.get(path)
    assert counted.reads == reads


async def test_what_somebody_else_may_not_see_they_are_not_shown(client: Client, path: str) -> None:
    await client.get(path)
    for headers in ({"authorization": f"Bearer {OTHER_SECRET}"}, {"authorization": "Bearer wrong"}):
        assert (await client.get(path, headers=headers)).status_code in {401, 404}
    async with Client(transport=client._transport, base_url="http://h") as nobody:
        assert (await nobody.get(path)).status_code == 401


async def test_a_token_that_is_revoked_opens_nothing_from_then_on(
    client: Client, path: str, world: World, admin: Account, by: Actor
) -> None:
    await client.get(path)
    [token] = await world.database.read(lambda tx: tokens.of_account(tx, admin.id))
    await revoke_token(world, admin.id, token.id, by)
    assert (await client.get(path)).status_code == 401


async def test_a_jwt_that_has_expired_opens_nothing_from_then_on(
    client: Client, path: str, the_edge: Edge, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = world.clock
    assert isinstance(clock, HandClock)
    caller = await the_edge.identity.caller(SECRET)
    claims = {"sub": show(caller.account.id), "token": show(caller.token.id), "of": caller.token.hash[:16]}
    headers = {"authorization": f"Bearer {the_edge.signer.sign('api', claims, 10)}"}
    for _ in range(2):
        assert (await client.get(path, headers=headers)).status_code == 200
    # The last moment before it expires, less than what is believed without asking again.
    clock.ahead += 9
    for _ in range(2):
        assert (await client.get(path, headers=headers)).status_code == 200
    clock.ahead += 1
    assert (await client.get(path, headers=headers)).status_code == 401


async def test_an_app_that_is_called_otherwise_is_not_answered_for(
    client: Client, path: str, world: World, app: App
) -> None:
    await client.get(path)

    async def body(tx: Tx) -> None:
        # There is no verb for it yet; whatever writes the apps' rows is heard.
        renamed = Statement("UPDATE apps SET name = 'another' WHERE id = ?1", ("id",))
        await tx.run(Query("apps.rename", renamed, renamed, "apps"), id=app.id)

    await world.database.write(body)
    assert (await client.get(path)).status_code == 404


async def test_what_is_answered_from_memory_counts_against_the_limit(
    world: World, path: str, counted: Counted
) -> None:
    few = msgspec.structs.replace(world.config, requests_per_minute=3)
    the_edge = edge(dataclasses.replace(world, config=few), Feed(world.database))
    transport = httpx2.ASGITransport(mount(the_edge, [SCALINGO]))
    headers = {"authorization": f"Bearer {SECRET}"}
    async with Client(transport=transport, base_url="http://h", headers=headers) as client:
        replies = [await client.get(path) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert "error" in replies[-1].json()


async def test_who_has_it_already_is_told_only_that(
    client: Client, path: str, world: World, operation: Operation
) -> None:
    etag = (await client.get(path)).headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        reply = await client.get(path, headers={"if-none-match": known})
        assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", etag)
    assert (await client.get(path, headers={"if-none-match": '"other"'})).status_code == 200
    await finish(world, operation)
    reply = await client.get(path, headers={"if-none-match": etag})
    assert (reply.status_code, status(reply)) == (200, "done")


async def test_the_first_answer_can_be_a_304_too(client: Client, path: str, world: World) -> None:
    etag = (await client.get(path)).headers["etag"]
    clock = world.clock
    assert isinstance(clock, HandClock)
    clock.ahead += int(BELIEVED_SECONDS) + 1
    assert (await client.get(path, headers={"if-none-match": etag})).status_code == 304


async def test_a_request_id_is_given_back_from_memory_too(client: Client, path: str) -> None:
    await client.get(path)
    reply = await client.get(path, headers={"x-request-id": "mine-1"})
    assert reply.headers["x-request-id"] == "mine-1"
    assert len((await client.get(path, headers={"x-request-id": "<b>"})).headers["x-request-id"]) == 32


# -- by hand, to choose the moment ---------------------------------------------------------------------------------


class Said:
    """A database that says what a test says."""

    def __init__(self, *, shared: bool) -> None:
        self.shared = shared
        self.hear = lambda _: None

    def listen(self, heard):
        self.hear = heard
        return lambda: None


def kept_by(said: Said, clock: HandClock) -> Snapshots:
    return Snapshots(said, clock, Limits(clock, 1000), RequestIds())  # type: ignore[arg-type]


def asking(path: str = "/a", **more: object) -> dict[str, object]:
    headers = [(b"authorization", b"Bearer a")]
    return {"type": "http", "method": "GET", "query_string": b"", "path": path, "headers": headers, **more}


def caller(clock: HandClock) -> Caller:
    account = Account(1, "a", "a@example.com", 1)
    return Caller(account, None, clock.monotonic() + 2)  # type: ignore[arg-type]


def an_answer(operation: int = 1, *, ended: bool = False) -> Answer:
    return Answer(b"{}", 200, [], About(operation, ended))


@pytest.mark.parametrize(
    ("touched", "stays"),
    [
        (Touched(frozenset({2}), frozenset({"nodes", "containers"})), True),
        (Touched(frozenset({1})), False),
        (Touched(nouns=frozenset({"tokens"})), False),
        (Touched(nouns=frozenset({"apps"})), False),
        (Touched(nouns=frozenset({"a noun of next year"})), False),
        (None, False),
    ],
)
def test_what_may_have_changed_is_forgotten(touched: Touched | None, stays: bool) -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    kept.taken(asking(), an_answer(), caller(clock), kept.mark())
    assert kept.found(asking())
    said.hear(touched)
    assert bool(kept.found(asking())) is stays


def test_an_answer_during_which_something_was_committed_is_not_kept() -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    mark = kept.mark()
    said.hear(Touched(frozenset({1})))
    kept.taken(asking(), an_answer(), caller(clock), mark)
    assert kept.found(asking()) is None


@pytest.mark.parametrize("ended", [False, True])
def test_where_others_write_too_only_what_has_ended_is_kept(ended: bool) -> None:
    said, clock = Said(shared=True), HandClock()
    kept = kept_by(said, clock)
    mark = kept.mark()
    said.hear(Touched(frozenset({5})))
    kept.taken(asking(), an_answer(ended=ended), caller(clock), mark)
    assert bool(kept.found(asking())) is ended


def test_an_answer_about_what_has_ended_is_not_kept_if_access_may_have_changed_meanwhile() -> None:
    said, clock = Said(shared=True), HandClock()
    kept = kept_by(said, clock)
    mark = kept.mark()
    said.hear(Touched(nouns=frozenset({"tokens"})))
    kept.taken(asking(), an_answer(ended=True), caller(clock), mark)
    assert kept.found(asking()) is None


def test_an_answer_is_kept_no_longer_than_its_asker_is_believed() -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    kept.taken(asking(), an_answer(ended=True), caller(clock), kept.mark())
    clock.ahead += 3
    assert kept.found(asking()) is None


@pytest.mark.parametrize("other", [{"method": "HEAD"}, {"query_string": b"wait=1"}, {"path": "/b"}])
def test_what_is_asked_in_another_way_is_another_answer(other: dict[str, object]) -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    kept.taken(asking(), an_answer(), caller(clock), kept.mark())
    assert kept.found(asking(**other)) is None  # type: ignore[arg-type]


def test_with_two_secrets_it_is_the_first_that_counts() -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    two = [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")]
    kept.taken(asking(headers=two), an_answer(), caller(clock), kept.mark())
    assert kept.found(asking(headers=two[1:])) is None
    assert kept.found(asking())


def test_no_more_is_kept_than_there_is_room_for() -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    for number in range(KEPT_MAX + 2):
        kept.taken(asking(f"/{number}"), an_answer(number), caller(clock), kept.mark())
    assert [bool(kept.found(asking(f"/{number}"))) for number in (0, 1, 2, KEPT_MAX + 1)] == [
        False,
        False,
        True,
        True,
    ]
    assert len(kept._kept) == len(kept._of) == KEPT_MAX


def test_something_else_than_an_operation_is_not_kept() -> None:
    said, clock = Said(shared=False), HandClock()
    kept = kept_by(said, clock)
    plain = Answer(b"{}", 200, [])
    assert kept.taken(asking(), plain, caller(clock), kept.mark()) is plain
    assert kept.found(asking()) is None
