"""What is promised of workers, on each database: who makes them, what their tokens are good for, and when no more."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.dialects.headway import workers as endpoints
from headway.dialects.headway.dialect import headway
from headway.dialects.toloka.dialect import TOLOKA
from headway.domain.accounts.secret import hash_of
from headway.domain.assignments.issue import issue
from headway.domain.catalog import CATALOG
from headway.domain.workers import create, renew, revoke, use
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import Conflict, NotFound
from headway.ids import show
from headway.model.operations import Actor
from headway.model.pools import CloseReason, Pool
from headway.store import pools
from headway.store import workers as rows
from headway.store.database import StorageFull
from headway.views import work, workers
from headway.views.stories import Stories
from headway.web.ask import edge
from headway.web.dialect import mount
from headway.web.identity import BELIEVED_SECONDS
from tests.labelling import MIXER, a_pool, answers, opened, with_suites, with_tasks
from tests.on_both import world
from tests.ready_made import OTHER_SECRET, SECRET, HandClock

__all__ = ["world"]
PROVEN = (endpoints,)
OURS, WORK = "/headway/v1", "/worker/v1"
Json = dict[str, Any]
Asks = Callable[..., Awaitable[httpx2.Response]]


@pytest.fixture
async def site(world: World) -> AsyncIterator[ASGIApp]:
    feed = Feed(world.database)
    stories = Stories(world.database, feed, world.clock, CATALOG)
    yield mount(edge(world, feed), [TOLOKA, headway(stories)])
    feed.close()


@pytest.fixture
async def ask(site: ASGIApp) -> AsyncIterator[Asks]:
    """Ask the platform; as the admin, where no other secret is given."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url="http://site") as http:

        async def ask(method: str, path: str, body: Any = None, secret: str = SECRET) -> httpx2.Response:
            return await http.request(method, path, json=body, headers={"authorization": f"Bearer {secret}"})

        yield ask


@pytest.fixture
async def pool(world: World, by: Actor) -> Pool:
    """An open pool with three suites, each for one person."""
    pool = await a_pool(world, by)
    await with_suites(world, by, pool, 3)
    return await opened(world, by, pool)


async def made(ask: Asks, name: str = "ann", secret: str = SECRET) -> str:
    """A worker; their token."""
    reply = await ask("POST", f"{OURS}/workers", {"name": name}, secret)
    assert reply.status_code == 201, reply.text
    return reply.json()["token"]


def later(world: World) -> None:
    """As much later as something is believed."""
    assert isinstance(world.clock, HandClock)
    world.clock.ahead += int(BELIEVED_SECONDS) + 1


async def test_a_token_is_shown_once_and_only_its_hash_is_kept(ask: Asks, world: World, by: Actor) -> None:
    token = await made(ask)
    kept = await world.database.read(lambda tx: rows.by_name(tx, by.account_id, "ann"))
    assert (kept.hash, token in repr(kept)) == (hash_of(token), False)
    assert (await workers.by_token_hash(world.database, hash_of(token)))[1] == kept
    shown = (await ask("GET", f"{OURS}/workers")).json()["workers"]
    assert [(it["name"], it["last_used_at"], "token" in it) for it in shown] == [("ann", None, False)]


async def test_a_worker_asks_only_where_people_work_and_as_themselves(ask: Asks, pool: Pool) -> None:
    token = await made(ask)
    assert (await ask("GET", f"{WORK}/me", secret=token)).json()["user_id"] == "ann"
    assert (await ask("GET", f"{OURS}/workers", secret=token)).status_code == 401
    assert (await ask("GET", "/api/v1/pools", secret=token)).status_code == 401
    path = f"{WORK}/pools/{show(pool.id)}/assignments"
    it = (await ask("POST", path, {"user_id": "bob"}, token)).json()
    assert (it["user_id"], it["owner"]["myself"], it["seconds_left"] > 590) == ("ann", False, True)
    assert (await ask("POST", path, secret=token)).json()["id"] == it["id"]
    given = {"solutions": answers()}
    done = await ask("POST", f"{WORK}/assignments/{it['id']}/submit", given, token)
    assert (done.json()["status"], "seconds_left" in done.json()) == ("ACCEPTED", False)


async def test_a_worker_sees_nothing_of_what_others_have_in_hand(ask: Asks, pool: Pool) -> None:
    ann, bob = await made(ask), await made(ask, "bob")
    it = (await ask("POST", f"{WORK}/pools/{show(pool.id)}/assignments", secret=ann)).json()
    path = f"{WORK}/assignments/{it['id']}"
    for method, where, body in (
        ("GET", path, None),
        ("POST", f"{path}/submit", {"solutions": answers()}),
        ("POST", f"{path}/skip", None),
    ):
        assert (await ask(method, where, body, bob)).status_code == 404
        assert (await ask(method, where, body)).status_code in {200, 409}


async def test_a_worker_is_not_let_into_pools_of_others(ask: Asks, pool: Pool) -> None:
    token = await made(ask, secret=OTHER_SECRET)
    reply = await ask("POST", f"{WORK}/pools/{show(pool.id)}/assignments", secret=token)
    assert (reply.status_code, reply.json()["code"]) == (404, "DOES_NOT_EXIST")


async def test_two_accounts_may_each_have_one_of_a_name_and_no_account_two(ask: Asks) -> None:
    await made(ask)
    await made(ask, secret=OTHER_SECRET)
    assert (await ask("POST", f"{OURS}/workers", {"name": "ann"})).status_code == 409
    assert (await ask("POST", f"{OURS}/workers", {"name": "a b"})).status_code == 422


async def left(ask: Asks, secret: str) -> list[tuple[int, bool, bool]]:
    """Of each open pool: how much is left, whether there is more, whether something is in hand."""
    items = (await ask("GET", f"{WORK}/pools", secret=secret)).json()["items"]
    return [(it["left"], it["left_or_more"], it["in_hand"]) for it in items]


async def test_how_much_is_left_is_counted_for_each(
    ask: Asks, pool: Pool, world: World, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await made(ask), await made(ask, "bob")
    path = f"{WORK}/pools/{show(pool.id)}"
    it = (await ask("POST", f"{path}/assignments", secret=ann)).json()
    assert (await left(ask, ann), await left(ask, bob)) == ([(3, False, True)], [(2, False, False)])
    await ask("POST", f"{WORK}/assignments/{it['id']}/skip", secret=ann)
    assert (await left(ask, ann), await left(ask, bob)) == ([(2, False, False)], [(3, False, False)])
    await with_suites(world, by, pool, 2, reserved_for=["bob"])
    assert (await left(ask, ann), await left(ask, bob)) == ([(2, False, False)], [(5, False, False)])
    monkeypatch.setattr(work, "LOOKED_AT_MAX", 4)
    assert await left(ask, bob) == [(4, True, False)]


async def test_how_much_is_left_where_suites_are_mixed(ask: Asks, world: World, by: Actor) -> None:
    mixed = await a_pool(world, by, mixer_config=MIXER)
    await with_tasks(world, by, mixed, 5)
    await opened(world, by, mixed)
    assert await left(ask, await made(ask)) == [(3, False, False)]


async def test_a_worker_is_told_how_it_is_done_and_nothing_that_is_hidden(ask: Asks, pool: Pool) -> None:
    token = await made(ask)
    it = (await ask("GET", f"{WORK}/pools/{show(pool.id)}", secret=token)).json()
    assert (it["public_name"], it["public_description"]) == ("Animals", "Which animal is it?")
    assert set(it["input_spec"]) == {"image"}
    assert it["output_spec"]["result"]["labels"] == ["cat", "dog"]
    assert (it["reward_per_assignment"], "private_name" in it) == (0.01, False)
    assert (await ask("GET", f"{WORK}/pools?limit=1000", secret=token)).status_code == 400


async def test_a_closed_pool_is_seen_only_by_who_has_something_of_it_in_hand(
    ask: Asks, pool: Pool, world: World
) -> None:
    ann, bob = await made(ask), await made(ask, "bob")
    path = f"{WORK}/pools/{show(pool.id)}"
    it = (await ask("POST", f"{path}/assignments", secret=ann)).json()
    now = world.clock.now()
    await world.database.write(lambda tx: pools.close(tx, pool.id, CloseReason.MANUAL, now))
    assert (await left(ask, ann), (await ask("GET", path, secret=bob)).status_code) == ([], 404)
    assert (await ask("GET", path, secret=ann)).json()["in_hand"]
    done = await ask("POST", f"{WORK}/assignments/{it['id']}/submit", {"solutions": answers()}, ann)
    assert done.json()["status"] == "ACCEPTED"
    assert (await ask("POST", f"{path}/assignments", secret=ann)).status_code == 409


async def test_the_owner_of_the_pools_may_look_for_anybody(ask: Asks, pool: Pool) -> None:
    path = f"{WORK}/pools/{show(pool.id)}"
    await ask("POST", f"{path}/assignments", {"user_id": "eve"})
    assert (await ask("GET", f"{path}?user_id=eve")).json()["in_hand"]
    assert "user_id" not in (await ask("GET", f"{WORK}/me")).json()


async def test_a_renewed_token_takes_the_place_of_the_one_before(ask: Asks, world: World) -> None:
    old = await made(ask)
    assert (await ask("GET", f"{WORK}/me", secret=old)).status_code == 200
    new = (await ask("POST", f"{OURS}/workers/ann/token")).json()["token"]
    later(world)
    assert (await ask("GET", f"{WORK}/me", secret=old)).status_code == 401
    assert (await ask("GET", f"{WORK}/me", secret=new)).json()["user_id"] == "ann"


async def test_who_is_revoked_is_nobody_and_what_they_answered_stays(
    ask: Asks, pool: Pool, world: World, by: Actor
) -> None:
    token = await made(ask)
    it = (await ask("POST", f"{WORK}/pools/{show(pool.id)}/assignments", secret=token)).json()
    assert (await ask("DELETE", f"{OURS}/workers/ann", secret=OTHER_SECRET)).status_code == 404
    assert (await ask("DELETE", f"{OURS}/workers/ann")).status_code == 204
    later(world)
    assert (await ask("GET", f"{WORK}/me", secret=token)).status_code == 401
    assert (await ask("GET", f"/api/v1/assignments/{it['id']}")).json()["user_id"] == "ann"
    assert (await ask("POST", f"{OURS}/workers/ann/token")).status_code == 404
    again = await made(ask)
    work = await ask("GET", f"{WORK}/assignments/{it['id']}", secret=again)
    assert work.json()["id"] == it["id"]
    held = await issue(world, pool.id, "ann", by)
    assert held is not None
    assert show(held.id) == it["id"]


async def test_they_are_listed_by_pages(ask: Asks) -> None:
    for name in ("ann", "bob", "cid"):
        await made(ask, name)
    page = (await ask("GET", f"{OURS}/workers?limit=2")).json()
    assert [it["name"] for it in page["workers"]] == ["ann", "bob"]
    rest = (await ask("GET", f"{OURS}/workers?cursor={page['next']}")).json()
    assert ([it["name"] for it in rest["workers"]], rest["next"]) == (["cid"], None)
    assert (await ask("GET", f"{OURS}/workers?cursor=x")).status_code == 422


async def test_when_they_were_last_there_is_kept_to_the_minute(ask: Asks, world: World, by: Actor) -> None:
    token = await made(ask)
    await ask("GET", f"{WORK}/me", secret=token)

    async def last() -> int | None:
        return (await world.database.read(lambda tx: rows.by_name(tx, by.account_id, "ann"))).last_used_at

    first = await last()
    later(world)
    await ask("GET", f"{WORK}/me", secret=token)
    assert first is not None
    assert await last() == first


async def test_a_full_disk_keeps_nobody_out(world: World, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    it, _ = await create.create(world, "ann", by)

    async def full(*_: Any) -> None:
        raise StorageFull

    monkeypatch.setattr(rows, "used", full)
    await use.use(world, it)


async def test_there_is_an_end_to_how_many(world: World, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create, "WORKERS_MAX", 1)
    await create.create(world, "ann", by)
    with pytest.raises(Conflict, match="at most 1"):
        await create.create(world, "bob", by)


async def test_only_whose_they_are_may_renew_or_revoke_them(world: World, by: Actor) -> None:
    await create.create(world, "ann", by)
    stranger = Actor(account_id=world.ids.next())
    for act in (renew.renew, revoke.revoke):
        with pytest.raises(NotFound):
            await act(world, "ann", stranger)
