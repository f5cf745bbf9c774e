import httpx2
import pytest

from headway import ids
from headway.domain.world import World
from headway.model.pools import Pool
from tests.labelling import a_pool, with_suites
from tests.outside import Outside

Client = httpx2.AsyncClient
DRY = {"X-Dry-Run": "true"}


@pytest.fixture
async def pool(outside: Outside, at_work: World) -> Pool:
    """A closed pool with a suite."""
    made = await a_pool(at_work, outside.by)
    await with_suites(at_work, outside.by, made)
    return made


def path(pool: Pool) -> str:
    return f"/pools/{ids.show(pool.id)}"


async def ended(live: Client, reply: httpx2.Response) -> dict[str, object]:
    assert reply.status_code == 202, reply.text
    where = reply.headers["location"].removeprefix("/headway/v1")
    while True:
        it = (await live.get(where, params={"wait": 30, "after": reply.json()["seq"]})).json()
        if it["finished_at"] is not None:
            return it


async def test_a_pool_is_opened_closed_and_archived_and_tells_what_may_come_next(
    live: Client, pool: Pool
) -> None:
    for act, status, next in (
        ("open", "open", {"close"}),
        ("close", "closed", {"open", "archive"}),
        ("archive", "archived", set[str]()),
    ):
        it = await ended(live, await live.post(f"{path(pool)}/{act}"))
        assert (it["phase"], it["target"]) == ("succeeded", f"pool:{ids.show(pool.id)}")
        shown = (await live.get(path(pool))).json()
        assert shown["status"] == status
        assert shown["links"].keys() - {"self", "operations"} == next
        about = (await live.get(shown["links"]["operations"].removeprefix("/headway/v1"))).json()
        assert it["id"] in {one["id"] for one in about["operations"]}
    assert (shown["close_reason"], shown["name"]) == ("manual", "first")


async def test_what_is_so_already_is_refused_and_a_dry_run_opens_nothing(live: Client, pool: Pool) -> None:
    planned = await live.post(f"{path(pool)}/open", headers=DRY)
    assert (planned.status_code, planned.json()["type"]) == (200, "pool.open")
    assert (await live.get(path(pool))).json()["status"] == "closed"
    assert (await live.post(f"{path(pool)}/close")).status_code == 409


async def test_pools_are_listed_page_by_page_newest_first(
    live: Client, outside: Outside, at_work: World, pool: Pool
) -> None:
    newer = await a_pool(at_work, outside.by, private_name="second")
    first = (await live.get("/pools", params={"limit": 1})).json()
    then = (await live.get("/pools", params={"limit": 1, "cursor": first["next"]})).json()
    assert [it["name"] for it in first["pools"] + then["pools"]] == ["second", "first"]
    assert then["next"] is None
    of_one = (await live.get("/pools", params={"project": ids.show(newer.project_id)})).json()["pools"]
    assert [it["name"] for it in of_one] == ["second"]
    assert (await live.get("/pools", params={"status": "open"})).json()["pools"] == []
    for wrong in ({"status": "shut"}, {"project": "x"}, {"cursor": "x"}):
        assert (await live.get("/pools", params=wrong)).status_code == 422
    assert pool.id < newer.id


async def test_somebody_elses_pool_is_not_there(guest: Client, pool: Pool) -> None:
    for method, where in (("GET", ""), ("POST", "/open"), ("POST", "/close"), ("POST", "/archive")):
        assert (await guest.request(method, f"{path(pool)}{where}")).status_code == 404
    assert (await guest.get("/pools")).json() == {"pools": [], "next": None}
    assert (await guest.get("/pools/x")).status_code == 404
