"""What is made of answers, over HTTP, on each database: what a task comes to, control tasks, skills, and who is asked next."""

import uuid
from typing import Any

import pytest

from headway.domain.assignments import score, widen
from headway.domain.known_solutions import generate
from headway.domain.pools import guarded
from headway.domain.solutions import estimate, of_task
from headway.store import control_answers
from tests.conformance.test_pools import API, WORK, Client, Json, aggregated, answered, client, site, task

__all__ = ["client", "site"]
PROVEN = (control_answers, estimate, generate, guarded, of_task, score, widen)
"""The modules that are held to it here."""
ONE = {"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0}
PEOPLE = ("ann", "bob", "cid")
RIGHT = {"https://0": "cat", "https://1": "dog", "https://2": "cat", "https://3": "cat"}
BY_TASK = "/aggregated-solutions/aggregate-by-task"


def asked(pool: Json, image: str, **changes: Any) -> Json:
    return task(pool, overlap=3, input_values={"image": image}, **changes)


async def works(client: Client, pool: Json, user: str, says: dict[str, str] = RIGHT) -> None:
    """Somebody answers everything that there is for them."""
    path = f"{WORK}/pools/{pool['id']}/assignments"
    while (reply := await client.http.post(path, json={"user_id": user})).status_code == 201:
        it = reply.json()
        given = [{"output_values": {"result": says[one["input_values"]["image"]]}} for one in it["tasks"]]
        await client.ask("POST", f"{WORK}/assignments/{it['id']}/submit", 200, json={"solutions": given})


async def answered_pool(client: Client) -> Json:
    """A closed pool that mixes, with four tasks that three people have answered alike."""
    pool = await client.a_pool(mixer_config=ONE)
    await client.post("/tasks", [asked(pool, image) for image in RIGHT], open_pool="true")
    for user in PEOPLE:
        await works(client, pool, user)
    await client.done(f"/pools/{pool['id']}/close")
    return pool


def generating(pool: Json) -> str:
    return f"/pools/{pool['id']}/known-solutions/generate"


async def control_tasks(client: Client, pool: Json) -> list[Json]:
    found = (await client.get("/tasks", pool_id=pool["id"]))["items"]
    return [it for it in found if "known_solutions" in it]


async def a_skill(client: Client, **people: float) -> str:
    skill = await client.post("/skills", {"name": "animals"})
    for user, value in people.items():
        given = {"skill_id": skill["id"], "user_id": user, "value": value}
        await client.ask("PUT", f"{API}/user-skills", 200, json=given)
    return skill["id"]


# -- control tasks of answers --------------------------------------------------------------------------------


async def test_sure_answers_become_control_tasks_evenly_from_each_label(client: Client) -> None:
    pool = await answered_pool(client)
    before = {it["id"]: it for it in (await client.get("/tasks", pool_id=pool["id"]))["items"]}
    it = await client.ended(await client.post(generating(pool), {"max_count": 2}, 202))
    assert (it["type"], it["status"]) == ("KNOWN_SOLUTIONS.GENERATE", "SUCCESS"), it
    counts = ("total", "valid", "not_valid", "success", "failed")
    assert [it["details"][f"{name}_count"] for name in counts] == [4, 4, 0, 2, 2]
    told = it["parameters"]
    assert (told["pool_id"], told["poolName"], told["projectName"]) == (pool["id"], "first", "Animals")
    made = await control_tasks(client, pool)
    assert sorted(one["known_solutions"][0]["output_values"]["result"] for one in made) == ["cat", "dog"]
    for one in made:
        origin = before[one["origin_task_id"]]
        assert one["input_values"] == origin["input_values"]
        assert one["known_solutions"][0]["output_values"]["result"] == RIGHT[origin["input_values"]["image"]]
        assert (one["infinite_overlap"], one["overlap"]) == (True, None)
    log = await client.get(f"/operations/{it['id']}/log")
    assert sorted((one["input"]["origin_task_id"], one["output"]["task_id"]) for one in log) == sorted(
        (one["origin_task_id"], one["id"]) for one in made
    )
    assert {(one["type"], one["success"]) for one in log} == {("KNOWN_SOLUTION_CREATE", True)}
    assert (await client.post(generating(pool), None, 409))["code"] == "CONFLICT_STATE"
    assert len(await control_tasks(client, pool)) == 2


async def test_weighed_by_skill_control_tasks_are_made_as_well(client: Client) -> None:
    pool = await answered_pool(client)
    skill = await a_skill(client, ann=90, bob=80)
    given = {"algorithm": "WEIGHTED_DYNAMIC_OVERLAP", "answer_weight_skill_id": skill, "max_count": 100}
    it = await client.ended(await client.post(generating(pool), given, 202))
    assert (it["status"], it["details"]["success_count"]) == ("SUCCESS", 4)


async def test_without_enough_answers_it_fails_and_may_be_tried_again(client: Client) -> None:
    pool = await answered_pool(client)
    it = await client.ended(await client.post(generating(pool), {"min_answers": 4}, 202))
    assert (it["status"], it["details"]["code"]) == ("FAIL", "NOT_ENOUGH_ANSWERS")
    assert (it["details"]["total_count"], it["details"]["success_count"]) == (4, 0)
    (why,) = await client.get(f"/operations/{it['id']}/log")
    assert (why["success"], why["output"]["code"]) == (False, "NOT_ENOUGH_ANSWERS")
    assert await control_tasks(client, pool) == []
    again = await client.ended(await client.post(generating(pool), None, 202))
    assert (again["status"], again["details"]["success_count"]) == ("SUCCESS", 1)


async def test_control_tasks_are_made_of_a_closed_pool_that_mixes_and_of_one_field(client: Client) -> None:
    pool = await client.a_pool(mixer_config=ONE)
    await client.post("/tasks", task(pool), open_pool="true")
    refused = await client.post(generating(pool), None, 409)
    assert (refused["code"], refused["payload"]) == (
        "INAPPROPRIATE_STATUS",
        {"appropriate_statuses": ["CLOSED"]},
    )
    plain = await client.a_pool()
    assert (await client.post(generating(plain), None, 409))["code"] == "MIXER_CONFIG_REQUIRED"
    for wrong in (
        {"field": "color"},
        {"min_confidence": 2},
        {"min_answers": 0},
        {"max_count": 0},
        {"algorithm": "GUESS"},
    ):
        told = await client.post(generating(pool), wrong, 400)
        assert list(told["payload"]) == list(wrong)
    weighed = {"algorithm": "WEIGHTED_DYNAMIC_OVERLAP"}
    assert list((await client.post(generating(pool), weighed, 400))["payload"]) == ["answer_weight_skill_id"]
    await client.post(generating(pool), [], 400)


async def test_an_operation_of_an_id_is_begun_once(client: Client) -> None:
    pool = await answered_pool(client)
    shown = str(uuid.uuid4())
    it = await client.post(generating(pool), None, 202, operation_id=shown)
    assert it["id"] == shown
    refused = await client.post(generating(pool), None, 409, operation_id=shown)
    assert refused["code"] == "OPERATION_ALREADY_EXISTS"
    assert (await client.ended(it))["status"] == "SUCCESS"


# -- one task ------------------------------------------------------------------------------------------------


async def test_what_a_task_comes_to_is_the_same_asked_alone_and_for_its_pool(client: Client) -> None:
    pool = await client.a_pool(mixer_config=ONE)
    known = [{"output_values": {"result": "dog"}, "confidence_weight": 0.6}]
    items = [task(pool, overlap=2), task(pool, overlap=2, baseline_solutions=known)]
    await client.post("/tasks", items, open_pool="true")
    skill = await a_skill(client, ann=70, bob=90)
    for user, result in (("ann", "cat"), ("bob", "dog")):
        for _ in items:
            await answered(client, pool, user, result)
    more = {"answer_weight_skill_id": skill}
    found = await aggregated(client, pool, "WEIGHTED_DYNAMIC_OVERLAP", **more)
    given = {
        "type": "WEIGHTED_DYNAMIC_OVERLAP",
        "pool_id": pool["id"],
        "fields": [{"name": "result"}],
        **more,
    }
    alone = [await client.post(BY_TASK, given | {"task_id": it["task_id"]}, 200) for it in found]
    assert alone == found
    assert [it["output_values"] for it in alone] == [{"result": "dog"}] * 2
    bare, helped = (it["confidence"] for it in alone)
    assert bare == pytest.approx(0.9 * 0.3 / (0.9 * 0.3 + 0.7 * 0.1))
    assert helped == pytest.approx(0.9 * 0.3 * 0.6 / (0.9 * 0.3 * 0.6 + 0.7 * 0.1 * 0.4))


async def test_a_task_that_cannot_be_asked_about_is_told(client: Client) -> None:
    pool = await client.a_pool(mixer_config=ONE)
    one = await client.post("/tasks", task(pool), open_pool="true")
    skill = await a_skill(client)
    given = {
        "type": "WEIGHTED_DYNAMIC_OVERLAP",
        "pool_id": pool["id"],
        "task_id": one["id"],
        "answer_weight_skill_id": skill,
        "fields": [{"name": "result"}],
    }
    assert (await client.post(BY_TASK, given, 409))["code"] == "CONFLICT_STATE"
    for wrong in ({"task_id": None}, {"task_id": "0" * 24}, {"type": "DAWID_SKENE"}, {"pool_id": "0" * 24}):
        assert list((await client.post(BY_TASK, given | wrong, 400))["payload"]) == list(wrong)
    other = await client.a_pool(mixer_config=ONE)
    told = await client.post(BY_TASK, given | {"pool_id": other["id"]}, 400)
    assert told["payload"]["task_id"]["code"] == "ENTITY_DOES_NOT_EXIST"


# -- who is asked next ---------------------------------------------------------------------------------------


async def unsure_pool(client: Client, **changes: Any) -> tuple[Json, Json]:
    """A pool in which up to three are asked until it is 95 % sure; and its one task, which one is to be asked."""
    config = {
        "type": "BASIC",
        "max_overlap": 3,
        "min_confidence": 0.95,
        "answer_weight_skill_id": await a_skill(client, ann=70, bob=90, cid=80, dot=99),
        "fields": [{"name": "result"}],
    }
    pool = await client.a_pool(
        mixer_config=ONE | {"force_last_assignment": True},
        dynamic_overlap_config=config,
        defaults={"default_overlap_for_new_task_suites": 1, "default_overlap_for_new_tasks": 1},
        **changes,
    )
    return pool, await client.post("/tasks", task(pool), open_pool="true")


async def overlap(client: Client, it: Json) -> tuple[int, int]:
    now = await client.get(f"/tasks/{it['id']}")
    return now["overlap"], now["remaining_overlap"]


async def test_one_more_is_asked_until_it_is_sure_enough(client: Client) -> None:
    pool, one = await unsure_pool(client)
    await answered(client, pool, "ann", "cat")
    assert await overlap(client, one) == (2, 1)
    await answered(client, pool, "dot", "cat")
    assert await overlap(client, one) == (2, 0)


async def test_no_more_are_asked_than_may_be(client: Client) -> None:
    pool, one = await unsure_pool(client)
    for n, (user, result) in enumerate((("ann", "cat"), ("bob", "dog"), ("cid", "cat")), 1):
        assert await overlap(client, one) == (n, 1)
        await answered(client, pool, user, result)
    assert await overlap(client, one) == (3, 0)


async def test_nobody_more_is_asked_before_the_last_answer_was_looked_at(client: Client) -> None:
    pool, one = await unsure_pool(client, auto_accept_solutions=False, auto_accept_period_day=1)
    path = f"{API}/tasks/{one['id']}/set-overlap-or-min"
    await client.ask("PATCH", path, 200, json={"overlap": 2})
    for user in ("ann", "bob"):
        await answered(client, pool, user, "cat")
    first, second = (await client.get("/assignments", pool_id=pool["id"]))["items"]
    verdict = {"public_comment": "", "status": "REJECTED"}
    await client.ask("PATCH", f"{API}/assignments/{first['id']}", 200, json=verdict)
    assert await overlap(client, one) == (2, 0)
    await client.ask("PATCH", f"{API}/assignments/{second['id']}", 200, json=verdict)
    assert await overlap(client, one) == (3, 1)


# -- skills --------------------------------------------------------------------------------------------------


async def test_answers_to_control_tasks_give_the_skill_that_the_rules_of_the_pool_say(client: Client) -> None:
    skill = await a_skill(client)
    rule = {
        "conditions": [{"key": "total_answers_count", "operator": "GTE", "value": 2}],
        "action": {
            "type": "SET_SKILL_FROM_OUTPUT_FIELD",
            "parameters": {"skill_id": skill, "from_field": "correct_answers_rate"},
        },
    }
    lost = {"conditions": [], "action": {"type": "SET_SKILL", "parameters": {"skill_id": "0" * 24}}}
    collector = {"type": "GOLDEN_SET", "parameters": {"history_size": 4}}
    control = {"configs": [{"collector_config": collector, "rules": [rule, lost]}]}
    pool = await client.a_pool(
        mixer_config={"real_tasks_count": 1, "golden_tasks_count": 1, "training_tasks_count": 0},
        quality_control=control,
    )
    known = [{"output_values": {"result": "cat"}}]
    items = [asked(pool, f"https://{n}") for n in range(6)]
    items += [
        task(pool, input_values={"image": f"https://c{n}"}, known_solutions=known)
        | {"overlap": None, "infinite_overlap": True}
        for n in range(6)
    ]
    await client.post("/tasks", items, open_pool="true")
    reached: list[list[float]] = []
    for result in ("cat", "dog", "cat", "dog", "dog", "dog"):
        await answered(client, pool, "ann", result)
        found = (await client.get("/user-skills", skill_id=skill))["items"]
        reached.append([it["exact_value"] for it in found])
    # With one answer nothing is said; of the last two the last four count, in which one is right.
    assert reached == [[], [50.0], [pytest.approx(200 / 3)], [50.0], [25.0], [25.0]]
