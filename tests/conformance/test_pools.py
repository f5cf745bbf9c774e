"""What the pools service promises over HTTP, on each database: every route of Toloka's dialect is walked here.

The vendor's own client is in `tests/parity/toloka/`; the power is cut in `tests/power/`.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from headway.dialects.toloka import (
    assignments,
    operations,
    pools,
    projects,
    requester,
    skills,
    solutions,
    task_suites,
    tasks,
    uploads,
    workers,
)
from headway.dialects.toloka.dialect import ROUTES, TOLOKA
from headway.domain.batches import create as batch_create
from headway.domain.batches import making
from headway.domain.batches import operation as batch_operation
from headway.domain.labelling_projects import archive as project_archive
from headway.domain.labelling_projects import change as project_change
from headway.domain.labelling_projects import create as project_create
from headway.domain.pools import archive, begin, change, clone, close, create, open
from headway.domain.skills import create as skill_create
from headway.domain.solutions import aggregate
from headway.domain.task_suites import change as suite_change
from headway.domain.tasks import change as task_change
from headway.engine.feed import Feed
from headway.store import assignments as assignment_rows
from headway.store import batches, labelling_projects, listing, pool_operations
from headway.store import pools as pool_rows
from headway.store import skills as skill_rows
from headway.store import solutions as solution_rows
from headway.store import task_suites as suite_rows
from headway.store import tasks as task_rows
from headway.views import assignments as assignment_views
from headway.views import labelling_projects as project_views
from headway.views import pool_operations as operation_views
from headway.views import pools as pool_views
from headway.views import skills as skill_views
from headway.views import solutions as solution_views
from headway.views import tasks as task_views
from headway.web.ask import edge
from headway.web.dialect import mount
from tests import ready_made
from tests.labelling import MIXER, answers, pool_body, project_body
from tests.outside import Outside
from tests.ready_made import OTHER_SECRET, SECRET

PROVEN = (
    *(aggregate, solution_rows, solution_views, solutions),
    *(archive, assignment_rows, assignment_views, assignments, batch_create, batch_operation, batches, begin),
    *(change, clone, close, create, labelling_projects, listing, making, open, operation_views, operations),
    *(pool_operations, pool_rows, pool_views, pools, project_archive, project_change, project_create),
    *(project_views, projects, requester, skill_create, skill_rows, skill_views, skills, suite_change),
    *(suite_rows, task_change, task_rows, task_suites, task_views, tasks, uploads, workers),
)
"""The modules that are held to it here."""
NOTHING = "0" * 24
API, WORK = "/api/v1", "/worker/v1"
Json = dict[str, Any]


class Client:
    """Somebody who asks."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def ask(self, method: str, path: str, status: int, **named: Any) -> Any:
        """The body of the answer, which has this status."""
        reply = await self.http.request(method, path, **named)
        assert reply.status_code == status, reply.text
        return reply.json() if reply.content else None

    async def get(self, path: str, code: int = 200, **params: Any) -> Any:
        return await self.ask("GET", f"{API}{path}", code, params=params)

    async def post(self, path: str, body: Any = None, status: int = 201, **params: Any) -> Any:
        return await self.ask("POST", f"{API}{path}", status, json=body, params=params)

    async def ended(self, operation: Json) -> Json:
        """The operation, once it has ended."""
        async with asyncio.timeout(60):
            while True:
                now = await self.get(f"/operations/{operation['id']}")
                if now["status"] in {"SUCCESS", "FAIL"}:
                    return now
                await asyncio.sleep(0.01)

    async def done(self, path: str, status: int = 202) -> Json:
        """What is begun there, once it has ended well."""
        it = await self.ended(await self.post(path, None, status))
        assert it["status"] == "SUCCESS", it
        return it

    async def a_pool(self, **changes: Any) -> Json:
        project = await self.post("/projects", project_body())
        return await self.post("/pools", pool_body(0) | {"project_id": project["id"]} | changes)


@pytest.fixture
async def site(outside: Outside) -> AsyncIterator[Any]:
    """A platform that is at work, with the accounts `admin` and `other`."""
    async with outside.at_work() as world:
        await ready_made.add_token(world, outside.by.account_id, SECRET)
        await ready_made.add_account(world, "other", OTHER_SECRET)
        feed = Feed(world.database)
        yield mount(edge(world, feed), [TOLOKA])
        feed.close()


@pytest.fixture
async def client(site: Any) -> AsyncIterator[Client]:
    async with speaking(site, SECRET) as http:
        yield Client(http)


@pytest.fixture
async def stranger(site: Any) -> AsyncIterator[Client]:
    async with speaking(site, OTHER_SECRET) as http:
        yield Client(http)


def speaking(site: Any, secret: str) -> httpx2.AsyncClient:
    headers = {"authorization": f"OAuth {secret}"}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(site), base_url="http://site", headers=headers)


def suite(pool: Json, **changes: Any) -> Json:
    return {
        "pool_id": pool["id"],
        "overlap": 1,
        "tasks": [{"input_values": {"image": "https://x"}}],
    } | changes


def task(pool: Json, **changes: Any) -> Json:
    return {"pool_id": pool["id"], "overlap": 1, "input_values": {"image": "https://x"}} | changes


def test_every_handler_is_of_a_module_that_is_proven_here() -> None:
    proven = {module.__name__ for module in PROVEN}
    elsewhere = {"headway.dialects.toloka.trainings"}
    assert {route.handler.__module__ for route in ROUTES} - elsewhere <= proven


async def test_who_asks(client: Client) -> None:
    assert (await client.get("/requester"))["public_name"] == {"EN": "admin"}


async def test_a_project_lives_and_is_searched(client: Client) -> None:
    one = await client.post("/projects", project_body(public_name="b"))
    two = await client.post("/projects", project_body(public_name="a"))
    changed = await client.ask("PUT", f"{API}/projects/{one['id']}", 200, json={**one, "public_name": "c"})
    assert changed == {**one, "public_name": "c"}
    assert await client.get(f"/projects/{one['id']}") == changed
    found = await client.get("/projects", sort="public_name")
    assert [it["id"] for it in found["items"]] == [two["id"], one["id"]]
    assert await client.get("/projects", limit=1, id_gt=one["id"]) == {"items": [two], "has_more": False}
    await client.done(f"/projects/{one['id']}/archive")
    assert [it["id"] for it in (await client.get("/projects", status="ARCHIVED"))["items"]] == [one["id"]]
    refused = await client.ask("PUT", f"{API}/projects/{one['id']}", 409, json=project_body())
    assert refused["code"] == "PROJECT_INAPPROPRIATE_STATUS"
    assert (await client.post("/pools", pool_body(0) | {"project_id": one["id"]}, 409))["code"] == refused[
        "code"
    ]


async def test_a_pool_lives_and_is_searched(client: Client) -> None:
    pool = await client.a_pool()
    assert pool["status"] == "CLOSED"
    assert (await client.post(f"/pools/{pool['id']}/open", None, 409))["code"] == "EMPTY_POOL"
    await client.post("/task-suites", suite(pool))
    await client.done(f"/pools/{pool['id']}/open")
    await client.post(f"/pools/{pool['id']}/open", None, 204)
    assert (await client.ask("PATCH", f"{API}/pools/{pool['id']}", 200, json={"priority": 9}))[
        "priority"
    ] == 9
    assert (await client.ask("PUT", f"{API}/pools/{pool['id']}", 409, json=pool))[
        "code"
    ] == "INAPPROPRIATE_STATUS"
    assert (await client.post(f"/pools/{pool['id']}/archive", None, 409))["code"] == "INAPPROPRIATE_STATUS"
    assert [it["id"] for it in (await client.get("/pools", status="OPEN"))["items"]] == [pool["id"]]
    await client.done(f"/pools/{pool['id']}/close-for-update")
    assert (await client.get(f"/pools/{pool['id']}"))["last_close_reason"] == "FOR_UPDATE"
    await client.post(f"/pools/{pool['id']}/close", None, 204)
    named = await client.ask("PUT", f"{API}/pools/{pool['id']}", 200, json={**pool, "private_name": "other"})
    assert named["private_name"] == "other"
    clone_id = (await client.done(f"/pools/{pool['id']}/clone"))["details"]["pool_id"]
    copy = await client.get(f"/pools/{clone_id}")
    assert (copy["private_name"], copy["status"], "last_started" in copy) == ("other", "CLOSED", False)
    await client.done(f"/pools/{pool['id']}/archive")
    await client.post(f"/pools/{pool['id']}/archive", None, 204)
    found = await client.get("/pools", project_id=pool["project_id"], sort="-created")
    assert [it["id"] for it in found["items"]] == [clone_id, pool["id"]]
    refused = await client.post(f"/projects/{pool['project_id']}/archive", None, 409)
    assert refused["code"] == "UNARCHIVED_POOLS_CONFLICT"


async def test_every_error_of_an_object_is_told_by_its_path(client: Client) -> None:
    pool = await client.a_pool()
    wrong = suite(pool, tasks=[{"input_values": {"image": 1, "x": 2}}], overlap=None)
    told = await client.post("/task-suites", wrong, 400)
    assert told["code"] == "VALIDATION_ERROR"
    assert {path: it["code"] for path, it in told["payload"].items()} == {
        "tasks.0.input_values.image": "INVALID_URL_SYNTAX",
        "tasks.0.input_values.x": "VALUE_NOT_ALLOWED",
        "overlap": "VALUE_REQUIRED",
    }
    assert set((await client.post("/task-suites", [wrong, suite(pool)], 400))["payload"]) == {"0"}
    mixed = await client.post("/task-suites", [wrong, suite(pool)], skip_invalid_items="true")
    assert (set(mixed["items"]), set(mixed["validation_errors"])) == ({"1"}, {"0"})


@pytest.mark.parametrize(
    ("wrong", "skip", "status", "counts"),
    [
        (0, "false", "SUCCESS", (2, 2, 0, 2, 0)),
        (1, "false", "FAIL", (2, 1, 1, 0, 2)),
        (1, "true", "SUCCESS", (2, 1, 1, 1, 1)),
        (2, "false", "FAIL", (2, 0, 2, 0, 2)),
        (2, "true", "FAIL", (2, 0, 2, 0, 2)),
    ],
)
async def test_a_batch_counts_what_came_of_it(
    client: Client, wrong: int, skip: str, status: str, counts: tuple[int, ...]
) -> None:
    pool = await client.a_pool(mixer_config=MIXER)
    items = [task(pool, __item_idx=str(n), **({"overlap": 0} if n < wrong else {})) for n in range(2)]
    shown = str(uuid.uuid4())
    begun = await client.post("/tasks", items, async_mode="true", skip_invalid_items=skip, operation_id=shown)
    assert begun["id"] == shown
    it = await client.ended(begun)
    assert (it["status"], it["progress"]) == (status, 100)
    names = ("total_count", "valid_count", "not_valid_count", "success_count", "failed_count")
    assert tuple(it["details"][name] for name in names) == counts
    log = await client.get(f"/operations/{shown}/log")
    assert [one["input"] for one in log if not one["success"]] == items[:wrong]
    made = [one["output"]["task_id"] for one in log if one["success"]]
    assert [one["id"] for one in (await client.get("/tasks", pool_id=pool["id"]))["items"]] == made
    again = await client.post("/tasks", items, 409, async_mode="true", operation_id=shown.upper())
    assert again["code"] == "OPERATION_ALREADY_EXISTS"


async def test_tasks_change_and_are_searched(client: Client) -> None:
    pool = await client.a_pool(mixer_config=MIXER)
    one = await client.post("/tasks", task(pool))
    two = await client.post("/tasks", task(pool, overlap=3))
    path = f"{API}/tasks/{one['id']}"
    many = await client.ask("PATCH", path, 200, json={"overlap": 10})
    assert (many["overlap"], many["remaining_overlap"]) == (10, 10)
    any_number = await client.ask("PATCH", path, 200, json={"infinite_overlap": True, "overlap": None})
    assert (any_number["overlap"], any_number["infinite_overlap"]) == (None, True)
    assert "remaining_overlap" not in any_number
    none = await client.ask("PATCH", f"{path}/set-overlap-or-min", 200, json={"overlap": 0})
    assert none["remaining_overlap"] == 0
    known = [{"output_values": {"result": "cat"}}]
    assert (await client.ask("PATCH", path, 200, json={"known_solutions": known}))["known_solutions"] == known
    assert (await client.get("/tasks", pool_id=pool["id"], overlap_gte=3))["items"] == [two]
    down = await client.get("/tasks", pool_id=pool["id"], sort="-id", limit=1)
    assert (down["items"], down["has_more"]) == ([two], True)
    assert list((await client.get("/tasks", 400))["payload"]) == ["pool_id"]


async def test_suites_change_and_are_searched(client: Client) -> None:
    pool = await client.a_pool()
    one = await client.post("/task-suites", suite(pool), open_pool="true")
    assert (await client.get(f"/pools/{pool['id']}"))["status"] == "OPEN"
    path = f"{API}/task-suites/{one['id']}"
    assert (await client.ask("PATCH", path, 200, json={"issuing_order_override": 5}))[
        "issuing_order_override"
    ] == 5
    assert (await client.ask("PATCH", path, 200, json={"overlap": 4}))["remaining_overlap"] == 4
    none = await client.ask(
        "PATCH", f"{path}/set-overlap-or-min", 200, json={"overlap": 0}, params={"open_pool": "true"}
    )
    assert none == await client.get(f"/task-suites/{one['id']}")
    found = await client.get("/task-suites", task_id=one["tasks"][0]["id"])
    assert found["items"] == (await client.get("/task-suites", pool_id=pool["id"]))["items"] == [none]
    assert (await client.get(f"/tasks/{one['tasks'][0]['id']}"))["pool_id"] == pool["id"]


async def test_work_is_given_out_answered_and_judged(client: Client) -> None:
    pool = await client.a_pool(auto_accept_solutions=False)
    values = {"image": "https://x", "secret": "s"}
    known = [{"output_values": {"result": "cat"}}]
    within = [{"input_values": values, "known_solutions": known}]
    await client.post("/task-suites", [suite(pool, tasks=within), suite(pool)], open_pool="true")
    work = f"{WORK}/pools/{pool['id']}/assignments"
    it = await client.ask("POST", work, 201, json={"user_id": "ann"})
    assert it["tasks"] == [
        {"id": it["tasks"][0]["id"], "pool_id": pool["id"], "input_values": {"image": "https://x"}}
    ]
    assert await client.ask("GET", f"{WORK}/assignments/{it['id']}", 200) == it
    wrong = {"solutions": answers(result="cow")}
    await client.ask("POST", f"{WORK}/assignments/{it['id']}/submit", 400, json=wrong)
    right = {"solutions": answers()}
    for _ in range(2):
        await client.ask("POST", f"{WORK}/assignments/{it['id']}/submit", 200, json=right)
    other = {"solutions": answers(result="dog")}
    await client.ask("POST", f"{WORK}/assignments/{it['id']}/submit", 409, json=other)
    other = await client.ask("POST", work, 201, json={"user_id": "bob"})
    assert (await client.ask("POST", f"{WORK}/assignments/{other['id']}/skip", 200))["status"] == "SKIPPED"
    submitted = await client.get("/assignments", pool_id=pool["id"], status="SUBMITTED,ACCEPTED")
    assert [one["id"] for one in submitted["items"]] == [it["id"]]
    assert submitted["items"][0]["tasks"][0]["known_solutions"] == known
    judged = await client.ask("PATCH", f"{API}/assignments/{it['id']}", 200, json={"status": "ACCEPTED"})
    assert judged == await client.get(f"/assignments/{it['id']}")
    for params in (
        {"user_id": "ann"},
        {"task_id": it["tasks"][0]["id"]},
        {"task_suite_id": it["task_suite_id"]},
    ):
        assert [one["id"] for one in (await client.get("/assignments", **params))["items"]] == [it["id"]]
    assert (await client.get("/assignments", accepted_lt="2000-01-01"))["items"] == []
    found = await client.get("/assignments", sort="-skipped", pool_id=pool["id"])
    assert [one["id"] for one in found["items"]] == [other["id"], it["id"]]
    await client.ask("POST", work, 400, json={})


async def test_skills_are_kept_for_each(client: Client) -> None:
    skill = await client.post("/skills", {"name": "cats"})
    assert (await client.get(f"/skills/{skill['id']}"))["name"] == "cats"
    for value in (70, 80.5):
        given = {"skill_id": skill["id"], "user_id": "ann", "value": value}
        told = await client.ask("PUT", f"{API}/user-skills", 200, json=given)
    assert (await client.get("/user-skills", skill_id=skill["id"]))["items"] == [told]
    assert (told["value"], told["exact_value"]) == (80, 80.5)
    assert [it["id"] for it in (await client.get("/skills", name="cats"))["items"]] == [skill["id"]]
    given = {"skill_id": NOTHING, "user_id": "ann", "value": 1}
    assert list((await client.ask("PUT", f"{API}/user-skills", 400, json=given))["payload"]) == ["skill_id"]


async def answered(client: Client, pool: Json, user: str, result: str) -> None:
    it = await client.ask("POST", f"{WORK}/pools/{pool['id']}/assignments", 201, json={"user_id": user})
    given = {"solutions": answers(len(it["tasks"]), result)}
    await client.ask("POST", f"{WORK}/assignments/{it['id']}/submit", 200, json=given)


async def aggregated(client: Client, pool: Json, type: str, **more: Any) -> list[Json]:
    given = {"type": type, "pool_id": pool["id"], "fields": [{"name": "result"}], **more}
    it = await client.ended(await client.post("/aggregated-solutions/aggregate-by-pool", given))
    assert (it["status"], it["parameters"]["pool_id"]) == ("SUCCESS", pool["id"])
    return (await client.get(f"/aggregated-solutions/{it['id']}"))["items"]


async def test_answers_are_aggregated_by_what_people_say_together(client: Client) -> None:
    pool = await client.a_pool()
    items = [suite(pool, overlap=3), suite(pool, overlap=3), suite(pool, overlap=3)]
    await client.post("/task-suites", items, open_pool="true")
    for result in ("cat", "dog", "cat"):
        for user in ("ann", "bob"):
            await answered(client, pool, user, result)
        await answered(client, pool, "cid", "dog")
    found = await aggregated(client, pool, "DAWID_SKENE")
    assert [it["output_values"]["result"] for it in found] == ["cat", "dog", "cat"]
    assert all(0.5 < it["confidence"] <= 1 for it in found)


async def test_answers_are_weighed_by_skill(client: Client) -> None:
    mixer = {"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0}
    pool = await client.a_pool(mixer_config=mixer)
    await client.post("/tasks", task(pool, overlap=2), open_pool="true")
    skill = await client.post("/skills", {"name": "animals"})
    for user, value, result in (("ann", 70, "cat"), ("bob", 90, "dog")):
        given = {"skill_id": skill["id"], "user_id": user, "value": value}
        await client.ask("PUT", f"{API}/user-skills", 200, json=given)
        await answered(client, pool, user, result)
    more = {"answer_weight_skill_id": skill["id"]}
    (it,) = await aggregated(client, pool, "WEIGHTED_DYNAMIC_OVERLAP", **more)
    assert it["output_values"] == {"result": "dog"}
    assert it["confidence"] == pytest.approx(0.9 * 0.3 / (0.9 * 0.3 + 0.7 * 0.1))


async def test_what_cannot_be_aggregated_is_told_by_its_path(client: Client) -> None:
    pool = await client.a_pool()
    path = "/aggregated-solutions/aggregate-by-pool"
    good = {"type": "DAWID_SKENE", "pool_id": pool["id"], "fields": [{"name": "result"}]}
    for wrong, where in (
        ({"type": "X"}, "type"),
        ({"pool_id": NOTHING}, "pool_id"),
        ({"fields": []}, "fields"),
        ({"fields": [{"name": "color"}]}, "fields.0.name"),
        ({"type": "WEIGHTED_DYNAMIC_OVERLAP"}, "answer_weight_skill_id"),
    ):
        told = await client.post(path, good | wrong, 400)
        assert list(told["payload"]) == [where]
    skill = await client.post("/skills", {"name": "animals"})
    weighed = good | {"type": "WEIGHTED_DYNAMIC_OVERLAP", "answer_weight_skill_id": skill["id"]}
    assert (await client.post(path, weighed, 409))["code"] == "ONLY_FOR_POOL_WITH_MIXER"
    assert await aggregated(client, pool, "DAWID_SKENE") == []
    await client.get(f"/aggregated-solutions/{NOTHING}", 404)


async def test_operations_are_searched_and_sorted_as_strings(client: Client) -> None:
    pool = await client.a_pool()
    for n in range(3):
        shown = f"{n}0000000-0000-4000-8000-000000000000"
        await client.ended(
            await client.post("/task-suites", [suite(pool)], async_mode="true", operation_id=shown)
        )
    await client.done(f"/pools/{pool['id']}/open")
    every = (await client.get("/operations"))["items"]
    assert [it["id"] for it in every] == sorted(it["id"] for it in every)
    batch_type = {"type": "TASK_SUITE.BATCH_CREATE"}
    page = await client.get("/operations", **batch_type, limit=2, sort="id")
    assert ([it["id"][0] for it in page["items"]], page["has_more"]) == (["0", "1"], True)
    rest = await client.get("/operations", **batch_type, id_gt=page["items"][-1]["id"], limit=1)
    assert ([it["id"][0] for it in rest["items"]], rest["has_more"]) == (["2"], False)
    by_time = await client.get("/operations", sort="-finished,id", status="SUCCESS")
    assert by_time["items"][0]["type"] == "POOL.OPEN"
    first = every[0]
    same = await client.get("/operations", submitted_gte=first["submitted"], submitted_lte=first["submitted"])
    assert first in same["items"]
    log = await client.get(f"/operations/{by_time['items'][0]['id']}/log")
    assert log == [{"type": "POOL_OPEN", "success": True, "input": {"pool_id": pool["id"]}, "output": {}}]


async def test_nobody_sees_what_is_somebody_elses(client: Client, stranger: Client) -> None:
    pool = await client.a_pool()
    one = await client.post("/task-suites", suite(pool), open_pool="true")
    done = await client.done(f"/pools/{pool['id']}/close")
    await client.post("/task-suites", suite(pool), open_pool="true")
    it = await client.ask("POST", f"{WORK}/pools/{pool['id']}/assignments", 201, json={"user_id": "ann"})
    skill = await client.post("/skills", {"name": "cats"})
    nouns = {
        "operations": done["id"],
        "projects": pool["project_id"],
        "pools": pool["id"],
        "task-suites": one["id"],
        "tasks": one["tasks"][0]["id"],
        "assignments": it["id"],
        "skills": skill["id"],
    }
    for noun, id in nouns.items():
        assert (await stranger.get(f"/{noun}/{id}", 404))["code"] == "DOES_NOT_EXIST"
    for noun in ("operations", "projects", "pools", "assignments", "skills"):
        assert (await stranger.get(f"/{noun}"))["items"] == []
    for verb in ("open", "close", "archive", "clone", "close-for-update"):
        await stranger.post(f"/pools/{pool['id']}/{verb}", None, 404)
    await stranger.ask("POST", f"{WORK}/assignments/{it['id']}/submit", 404, json={"solutions": answers()})
    await stranger.get("/tasks", 404, pool_id=pool["id"])
    refused = await stranger.post("/task-suites", suite(pool), 400)
    assert refused["payload"]["pool_id"]["code"] == "ENTITY_DOES_NOT_EXIST"


async def test_ids_that_nothing_has(client: Client) -> None:
    for noun in ("operations", "projects", "pools", "tasks", "task-suites", "assignments", "skills"):
        for id in (NOTHING, "nope", "PSEUDO_ID", "x" * 5000):
            assert (await client.get(f"/{noun}/{id}", 404))["code"] == "DOES_NOT_EXIST"
