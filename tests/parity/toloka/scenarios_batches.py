"""Batches: what the vendor's client does and sees.

Runs with the client's own Python, not with ours.
"""

import threading
import time
import uuid

import toloka.client as tc
from losing import losing_first_answer_to
from making import (
    NOTHING,
    a_pool,
    a_project,
    a_suite,
    a_task,
    bad_suite,
    client,
    counts,
    filled,
    last_batch,
    plain,
    refused,
)
from toloka.client import exceptions as no
from toloka.client.operations import Operation

# -- batches -------------------------------------------------------------------------------------------------


def s21_all_are_valid(url):
    it = client(url)
    pool = a_pool(it)
    it.create_task_suites([a_suite(pool), a_suite(pool, 1)])
    op = last_batch(it)
    assert (op.status, counts(op)) == (Operation.Status.SUCCESS, [2, 2, 0, 2, 0])


def s22_none_is_valid(url):
    it = client(url)
    pool = a_pool(it)
    wrong = refused(no.ValidationApiError, it.create_task_suites, [bad_suite(pool), bad_suite(pool)])
    assert set(wrong.payload["1"]) == {"tasks.0.input_values.image", "tasks.0.input_values.img"}
    op = last_batch(it)
    assert (op.status, counts(op)) == (Operation.Status.FAIL, [2, 0, 2, 0, 2])


def s23_one_is_not_and_nothing_is_made(url):
    it = client(url)
    pool = a_pool(it)
    refused(no.ValidationApiError, it.create_task_suites, [a_suite(pool), bad_suite(pool)])
    op = last_batch(it)
    assert (op.status, counts(op)) == (Operation.Status.FAIL, [2, 1, 1, 0, 2])
    assert it.find_task_suites(pool_id=pool.id).items == []


def s24_one_is_not_and_is_left_out(url):
    it = client(url)
    pool = a_pool(it)
    it.create_task_suites([a_suite(pool), bad_suite(pool)], skip_invalid_items=True)
    op = last_batch(it)
    assert (op.status, counts(op)) == (Operation.Status.SUCCESS, [2, 1, 1, 1, 1])


def s25_every_error_of_an_object_is_told(url):
    it = client(url)
    pool = a_pool(it)
    suite = a_suite(pool, tasks=[tc.Task(input_values={"image": "x", "y": 1})], reserved_for=["u", "u"])
    wrong = refused(no.ValidationApiError, it.create_task_suites, [suite])
    codes = {path: error.code for path, error in wrong.payload["0"].items()}
    assert codes == {
        "tasks.0.input_values.image": "INVALID_URL_SYNTAX",
        "tasks.0.input_values.y": "VALUE_NOT_ALLOWED",
        "reserved_for": "DUPLICATE_VALUE_IN_ARRAY",
    }


def s26_several_pools_at_once(url):
    it = client(url)
    project = a_project(it)
    one, two, gone = (a_pool(it, project) for _ in range(3))
    made = it.create_task_suites([a_suite(one), a_suite(two)])
    assert {suite.pool_id for suite in made.items.values()} == {one.id, two.id}
    it.archive_pool(gone.id)
    nowhere = a_suite(one, 3, pool_id=NOTHING)
    made = it.create_task_suites([a_suite(one), a_suite(gone), nowhere], skip_invalid_items=True)
    codes = {n: errors["pool_id"].code for n, errors in made.validation_errors.items()}
    assert codes == {"1": "POOL_INAPPROPRIATE_STATUS", "2": "ENTITY_DOES_NOT_EXIST"}


def s27_how_many_people(url):
    it = client(url)
    pool = a_pool(it)

    def made(allow, **overlap):
        tasks = [tc.Task(input_values={"image": "https://x"})]
        suite = tc.TaskSuite(pool_id=pool.id, tasks=tasks, **overlap)
        found = it.create_task_suite(suite, allow_defaults=allow)
        return found.overlap, found.remaining_overlap, found.infinite_overlap

    assert made(True) == (3, 3, False)
    assert made(True, overlap=5) == made(False, overlap=5) == (5, 5, False)
    assert made(True, infinite_overlap=True) == made(False, infinite_overlap=True) == (None, None, True)
    refused(no.ValidationApiError, made, False)
    suite = it.create_task_suite(a_suite(pool))
    assert it.patch_task_suite(suite.id, overlap=10).remaining_overlap == 10
    assert it.patch_task_suite(suite.id, infinite_overlap=True).overlap is None
    assert (
        it.patch_task_suite_overlap_or_min(suite.id, tc.task_suite.TaskSuiteOverlapPatch(overlap=0)).overlap
        == 0
    )


def s28_a_batch_opens_its_pool(url):
    it = client(url)
    pool = a_pool(it)
    it.create_task_suites([a_suite(pool)], open_pool=True)
    assert it.get_pool(pool.id).status == tc.Pool.Status.OPEN
    log = plain(url, "GET", f"/api/v1/operations/{last_batch(it).id}/log").json()
    assert [(one["type"], one["success"]) for one in log][1:] == [("POOL_OPEN", True)]


def s29_bodies_that_are_no_objects(url):
    it = client(url)
    before = len(it.find_operations(limit=500).items)
    refused(no.ValidationApiError, it.create_task_suites, [])
    for body in ("null", '"x"', "[1,2]", "[]", "7"):
        reply = plain(url, "POST", "/api/v1/task-suites", params={"async_mode": "true"}, content=body)
        assert (reply.status_code, reply.json()["code"]) == (400, "VALIDATION_ERROR")
    assert len(it.find_operations(limit=500).items) == before


def many(pool, count):
    tasks = ([{"input_values": {"image": f"https://example.com/{n}"}}] for n in range(count))
    return [{"pool_id": pool.id, "overlap": 1, "tasks": within} for within in tasks]


def s30_ten_thousand_are_taken_made_logged_and_read_back(url):
    it = client(url)
    pool = a_pool(it)
    began = time.monotonic()
    reply = plain(url, "POST", "/api/v1/task-suites", params={"async_mode": "true"}, json=many(pool, 10_000))
    assert time.monotonic() - began < 10, "the client would have sent it again"
    op = it.wait_operation(it.get_operation(reply.json()["id"]))
    assert counts(op) == [10_000, 10_000, 0, 10_000, 0]
    log = it.get_operation_log(op.id)
    assert [one.output["task_suite_id"] for one in log] == [
        one.id for one in it.get_task_suites(pool_id=pool.id)
    ]


def s31_at_once(url):
    it = client(url)
    pool = a_pool(it)
    one = it.create_task_suite(a_suite(pool), async_mode=False)
    assert it.get_task_suite(one.id).tasks[0].id
    many = it.create_task_suites([a_suite(pool), a_suite(pool, 1)], async_mode=False)
    assert set(many.items) == {"0", "1"}
    mixed = it.create_task_suites([bad_suite(pool), a_suite(pool)], async_mode=False, skip_invalid_items=True)
    assert (set(mixed.items), set(mixed.validation_errors)) == ({"1"}, {"0"})
    wrong = refused(no.ValidationApiError, it.create_task_suites, [bad_suite(pool)], async_mode=False)
    assert set(wrong.payload) == {"0"}
    body = [{"pool_id": pool.id}] * 5001
    assert plain(url, "POST", "/api/v1/task-suites", json=body).status_code == 413


def s32_the_same_objects_twice(url):
    it = client(url)
    pool = a_pool(it, mixed=True)
    tasks = [a_task(pool, n) for n in range(2)]
    first, second = it.create_tasks(tasks), it.create_tasks(tasks)
    assert {one.id for one in first.items.values()}.isdisjoint(one.id for one in second.items.values())
    it.create_tasks(tasks, async_mode=False)


def s33_a_suite_has_no_baseline(url):
    it = client(url)
    pool = a_pool(it)
    known = [tc.Task.BaselineSolution(output_values={"result": "cat"}, confidence_weight=1.0)]
    suite = a_suite(pool, tasks=[tc.Task(input_values={"image": "https://x"}, baseline_solutions=known)])
    wrong = refused(no.ValidationApiError, it.create_task_suites, [suite])
    assert wrong.payload["0"]["tasks.0.baseline_solutions"].code == "VALUE_NOT_ALLOWED"


def s34_tasks_where_suites_belong_and_the_other_way_round(url):
    it = client(url)
    wrong = refused(no.ValidationApiError, it.create_task, a_task(a_pool(it)))
    assert "MIXER_CONFIG_REQUIRED" in str(wrong.payload)
    wrong = refused(no.ValidationApiError, it.create_task_suite, a_suite(a_pool(it, mixed=True)))
    assert "POOL_TASK_TYPE_CONFLICT" in str(wrong.payload)


# -- idempotency ---------------------------------------------------------------------------------------------


def s35_twenty_times_the_same_operation_id(url):
    it = client(url)
    pool = a_pool(it)
    id, results = str(uuid.uuid4()), []

    def create():
        made = client(url).create_task_suites([a_suite(pool)], operation_id=id)
        results.append(made.items["0"].id)

    threads = [threading.Thread(target=create) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 20
    assert len(set(results)) == 1
    assert len(it.find_task_suites(pool_id=pool.id).items) == 1


def s36_an_answer_that_is_lost(url):
    it = client(url)
    pool = a_pool(it, mixed=True)
    with losing_first_answer_to("POST", "/api/v1/tasks", url) as there:
        made = client(there, url.mine).create_tasks([a_task(pool, n) for n in range(3)])
        assert there.lost == 1
    there = list(it.get_tasks(pool_id=pool.id))
    assert sorted(one.id for one in made.items.values()) == [one.id for one in there]
    assert len(there) == 3


def s37_an_operation_id_means_one_operation(url):
    it = client(url)
    pool, mixing = a_pool(it), a_pool(it, mixed=True)
    id = str(uuid.uuid4())
    op = it.create_task_suites_async([a_suite(pool)], operation_id=id.upper())
    assert op.id == id
    refused(no.IncorrectActionsApiError, it.create_tasks, [a_task(mixing)], operation_id=id)
    wrong = refused(no.ValidationApiError, it.create_task_suites, [a_suite(pool)], operation_id="not-a-uuid")
    assert list(wrong.invalid_fields) == ["operation_id"]
    theirs = client(url, url.theirs)
    assert theirs.create_task_suites([a_suite(a_pool(theirs))], operation_id=id).items


def s38_begin_a_batch(url):
    it = client(url)
    pool = a_pool(it)
    reply = plain(url, "POST", "/api/v1/task-suites", params={"async_mode": "true"}, json=many(pool, 4000))
    return {"operation": reply.json()["id"], "pool": pool.id}


def s38_it_is_finished(url, operation, pool):
    it = client(url)
    op = it.wait_operation(it.get_operation(operation))
    assert (op.status, counts(op)) == (Operation.Status.SUCCESS, [4000, 4000, 0, 4000, 0])
    log = it.get_operation_log(operation)
    there = [one.id for one in it.get_task_suites(pool_id=pool, batch_size=5000)]
    assert [one.output["task_suite_id"] for one in log] == there
    assert len(set(there)) == 4000


def s39_begin_to_clone(url):
    it = client(url)
    pool = filled(it)
    return {"operation": it.clone_pool_async(pool.id).id, "pool": pool.id}


def s39_there_is_one_clone(url, operation, pool):
    it = client(url)
    op = it.wait_operation(it.get_operation(operation))
    assert op.status == Operation.Status.SUCCESS
    project = it.get_pool(pool).project_id
    assert {one.id for one in it.get_pools(project_id=project)} == {pool, op.details.pool_id}


def s40_begin_some_of_each(url):
    it = client(url)
    pool = filled(it)
    it.open_pool(pool.id)
    it.close_pool(pool.id)
    refused(no.ValidationApiError, it.create_task_suites, [bad_suite(pool)])
    it.archive_pool(pool.id)
    return {"before": s40_all_that_has_ended(url)}


def s40_they_are_the_same(url, before):
    assert s40_all_that_has_ended(url) == before


def s40_all_that_has_ended(url):
    whole = plain(url, "GET", "/api/v1/operations", params={"limit": 500}).text
    ids = [one.id for one in client(url).get_operations()]
    assert len(ids) == 5
    return [whole, *(plain(url, "GET", f"/api/v1/operations/{id}/log").text for id in ids)]
