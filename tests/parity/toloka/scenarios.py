"""What the vendor's client does and sees, scenario by scenario. Runs with the client's own Python, not with ours."""

import asyncio
import datetime as dt
import decimal
import threading
import time
import uuid

import httpx
import toloka.client as tc
from toloka.async_client import AsyncTolokaClient
from toloka.client import exceptions as no
from toloka.client.operations import Operation
from toloka.client.project import field_spec as spec
from toloka.client.project.task_spec import TaskSpec

TOKEN, OTHER = "tk-us-a-secret", "tk-us-another-secret"
NOTHING = "0" * 24
MIXER = {"real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0}


def client(url, token=TOKEN):
    return tc.TolokaClient(token, url=url, retries=3)


def refused(kind, act, *given, **named):
    try:
        act(*given, **named)
    except kind as error:
        return error
    raise AssertionError(f"{act} was not refused")


def a_project(it, **changes):
    fields = TaskSpec(
        input_spec={"image": spec.UrlSpec()},
        output_spec={"result": spec.StringSpec(allowed_values=["cat", "dog"])},
        view_spec=tc.project.ClassicViewSpec(markup="<p/>"),
    )
    return it.create_project(
        tc.Project(
            **{
                "public_name": "Animals",
                "public_description": "Which one?",
                "assignments_issuing_type": "AUTOMATED",
                "task_spec": fields,
            }
            | changes
        )
    )


def a_pool(it, project=None, mixed=False, **changes):
    project = project or a_project(it)
    given = {
        "project_id": project.id,
        "private_name": "first",
        "may_contain_adult_content": False,
        "will_expire": dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
        "reward_per_assignment": 0.01,
        "assignment_max_duration_seconds": 600,
        "defaults": tc.Pool.Defaults(default_overlap_for_new_task_suites=3, default_overlap_for_new_tasks=3),
    }
    if mixed:
        given["mixer_config"] = tc.pool.MixerConfig(**MIXER)
    return it.create_pool(tc.Pool(**given | changes))


def a_suite(pool, n=0, **changes):
    tasks = [tc.Task(input_values={"image": f"https://example.com/{n}.jpg"})]
    return tc.TaskSuite(**{"pool_id": pool.id, "overlap": 1, "tasks": tasks} | changes)


def bad_suite(pool):
    return a_suite(pool, tasks=[tc.Task(input_values={"img": 1})])


def a_task(pool, n=0, **changes):
    values = {"image": f"https://example.com/{n}.jpg"}
    return tc.Task(**{"pool_id": pool.id, "overlap": 1, "input_values": values} | changes)


def filled(it, count=1, **changes):
    pool = a_pool(it, **changes)
    it.create_task_suites([a_suite(pool, n) for n in range(count)])
    return pool


def last_batch(it):
    return it.find_operations(type="TASK_SUITE.BATCH_CREATE", sort=["-submitted"], limit=1).items[0]


def counts(operation):
    names = ("total", "valid", "not_valid", "success", "failed")
    return [operation.details[f"{name}_count"] for name in names]


def plain(url, method, path, token=TOKEN, **named):
    headers = {"Authorization": f"OAuth {token}"} | named.pop("headers", {})
    return httpx.request(method, f"{url}{path}", headers=headers, timeout=30, **named)


# -- setup and transport -------------------------------------------------------------------------------------


def s01_who_asks(url):
    it = client(url).get_requester()
    assert it.id
    assert it.public_name == {"EN": "admin"}


def s02_both_schemes_and_no_other_token(url):
    it = client(url)
    it.get_requester()
    assert (
        plain(url, "GET", "/api/v1/requester", headers={"Authorization": f"ApiKey {TOKEN}"}).status_code
        == 200
    )
    began = time.monotonic()
    refused(no.AuthenticationApiError, client(url, "nobody").get_requester)
    refused(no.AuthenticationApiError, client(url, "a" * 23 + ".b.c").get_requester)
    assert time.monotonic() - began < 3


def s03_whatever_comes_the_answer_is_an_error_with_a_code(url):
    big = b'{"a":"' + b"x" * (3 << 20) + b'"}'
    for method, path, named in (
        ("GET", "/api/v1/nothing", {}),
        ("DELETE", "/api/v1/pools", {}),
        ("POST", "/api/v1/pools", {"content": b"{"}),
        ("POST", "/api/v1/pools", {"content": b'{"reward_per_assignment":NaN}'}),
        ("POST", "/api/v1/pools", {"content": b""}),
        ("POST", "/api/v1/pools", {"content": b"[" * 100_000}),
        ("POST", "/api/v1/projects", {"content": big}),
        ("PATCH", f"/api/v1/pools/{NOTHING}", {}),
        ("PUT", f"/api/v1/pools/{NOTHING}", {"content": b"[]"}),
    ):
        reply = plain(url, method, path, **named)
        assert 400 <= reply.status_code < 500, (method, path, reply.status_code)
        assert {"code", "message", "request_id"} <= set(reply.json()), reply.text
        assert "retry-after" not in reply.headers


def s05_fifty_who_poll_at_once(url):
    it = client(url)
    pool = filled(it)
    op = it.open_pool_async(pool.id)
    it.wait_operation(op)

    async def all_at_once():
        asynchronous = AsyncTolokaClient(TOKEN, url=url)
        return await asyncio.gather(*(asynchronous.get_operation(op.id) for _ in range(50)))

    found = asyncio.run(all_at_once())
    assert {one.id for one in found} == {op.id}


# -- the operation -------------------------------------------------------------------------------------------


def s06_every_type_has_every_field(url):
    it = client(url)
    pool = filled(it)
    clone = it.clone_pool(pool.id)
    it.open_pool(pool.id)
    it.close_pool(pool.id)
    it.archive_pool(pool.id)
    it.archive_pool(clone.id)
    it.archive_project(pool.project_id)
    mixing = a_pool(it, mixed=True)
    it.create_tasks([a_task(mixing)])
    wanted = {
        "POOL.OPEN": {"pool_id"},
        "POOL.CLOSE": {"pool_id"},
        "POOL.ARCHIVE": {"pool_id"},
        "POOL.CLONE": {"pool_id"},
        "PROJECT.ARCHIVE": {"project_id"},
        "TASK.BATCH_CREATE": {"skip_invalid_items", "allow_defaults", "open_pool"},
        "TASK_SUITE.BATCH_CREATE": {"skip_invalid_items", "allow_defaults", "open_pool"},
    }
    for type, names in wanted.items():
        op = plain(url, "GET", "/api/v1/operations", params={"type": type, "sort": "-submitted", "limit": 1})
        op = op.json()["items"][0]
        assert (op["type"], op["status"], op["progress"]) == (type, "SUCCESS", 100), op
        assert set(op["parameters"]) == names
        assert isinstance(op["details"], dict)
        assert all(len(op[name]) == 23 for name in ("submitted", "started", "finished")), op
        assert op["submitted"] <= op["started"] <= op["finished"]
        assert plain(url, "GET", f"/api/v1/operations/{op['id']}").json() == op


def s08_a_failed_one_says_why(url):
    it = client(url)
    pool = a_pool(it)
    refused(no.ValidationApiError, it.create_task_suites, [bad_suite(pool)])
    op = last_batch(it)
    assert (op.status, op.progress) == (Operation.Status.FAIL, 100)
    assert op.finished is not None
    assert it.get_operation_log(op.id)


def s09_ids_that_nothing_has(url):
    it = client(url)
    for id in (NOTHING, "PSEUDO_ID", "nope", "x" * 10_000, "..%2f..%2fetc", "%00", "é"):
        refused(no.DoesNotExistApiError, it.get_operation, id)
        refused(no.DoesNotExistApiError, it.get_pool, id)


def s10_waiting(url):
    it = client(url)
    pool = filled(it)
    done = it.wait_operation(it.open_pool_async(pool.id))
    assert done.status == Operation.Status.SUCCESS
    began = time.monotonic()
    assert it.wait_operation(done) is done
    assert time.monotonic() - began < 0.4


# -- the log -------------------------------------------------------------------------------------------------


def s12_the_log_has_each_object_as_it_was_sent(url):
    it = client(url)
    pool = a_pool(it, mixed=True)
    sent = [
        {
            "pool_id": pool.id,
            "overlap": 1,
            "input_values": {"image": f"https://x/{n}"},
            "own": n,
            "__item_idx": str(n),
        }
        for n in range(3)
    ]
    op = plain(url, "POST", "/api/v1/tasks", params={"async_mode": "true"}, json=sent).json()
    it.wait_operation(it.get_operation(op["id"]))
    log = plain(url, "GET", f"/api/v1/operations/{op['id']}/log").json()
    assert [one["input"] for one in log] == sent
    assert {(one["type"], one["success"]) for one in log} == {("TASK_CREATE", True)}
    tasks = [it.get_task(one["output"]["task_id"]) for one in log]
    assert [one.input_values for one in tasks] == [one["input_values"] for one in sent]
    assert "__item_idx" not in plain(url, "GET", f"/api/v1/tasks/{tasks[0].id}").text
    assert plain(url, "GET", f"/api/v1/operations/{op['id']}/log").json() == log


def s13_both_kinds_of_items_by_their_index(url):
    it = client(url)
    pool = a_pool(it)
    made = it.create_task_suites([a_suite(pool), bad_suite(pool), a_suite(pool, 2)], skip_invalid_items=True)
    assert (set(made.items), set(made.validation_errors)) == ({"0", "2"}, {"1"})


def s14_logs_of_others(url):
    it = client(url)
    refused(no.DoesNotExistApiError, it.get_operation_log, "nope")
    pool = filled(it)
    op = it.wait_operation(it.open_pool_async(pool.id))
    assert isinstance(plain(url, "GET", f"/api/v1/operations/{op.id}/log").json(), list)
    assert it.get_operation_log(op.id) == it.get_operation_log(op.id)


# -- the search ----------------------------------------------------------------------------------------------


def s16_every_filter(url):
    it = client(url, OTHER)
    pool = filled(it, 1)
    op = it.wait_operation(it.open_pool_async(pool.id))
    at, finished = op.submitted, op.finished
    moment, week = dt.timedelta(milliseconds=1), dt.timedelta(days=7)

    def found(**named):
        return op.id in {one.id for one in it.find_operations(limit=500, **named).items}

    for named, there in (
        ({"type": "POOL.OPEN", "status": "SUCCESS"}, True),
        ({"type": "POOL.CLOSE"}, False),
        ({"status": "FAIL"}, False),
        ({"submitted_gte": at}, True),
        ({"submitted_lte": at}, True),
        ({"submitted_gt": at}, False),
        ({"submitted_lt": at}, False),
        ({"submitted_gt": at - moment, "submitted_lt": at + moment}, True),
        ({"finished_gte": finished, "finished_lte": finished}, True),
        ({"finished_gt": finished}, False),
        ({"id_gte": op.id, "id_lte": op.id}, True),
        ({"id_gt": op.id}, False),
        ({"id_lt": op.id}, False),
        ({"submitted_gte": at.replace(tzinfo=dt.UTC)}, True),
        ({"submitted_gte": (at - week).date().isoformat()}, True),
        ({"submitted_lt": (at - week).date().isoformat()}, False),
    ):
        assert found(**named) == there, named


def s17_every_order(url):
    it = client(url)
    filled(it)
    for key in ("id", "submitted", "finished"):
        values = [getattr(one, key) for one in it.find_operations(sort=[key], limit=500).items]
        assert values == sorted(values), key
        down = [getattr(one, key) for one in it.find_operations(sort=[f"-{key}"], limit=500).items]
        assert down == sorted(values, reverse=True), key
    pairs = [(one.finished, one.id) for one in it.find_operations(sort=["finished", "-id"], limit=500).items]
    assert pairs == sorted(sorted(pairs, key=lambda one: one[1], reverse=True), key=lambda one: one[0])


def s18_what_a_search_cannot_mean(url):
    it = client(url)
    filled(it)
    assert len(it.find_operations(limit=1).items) == 1
    for name, value in (
        ("limit", "501"),
        ("limit", "0"),
        ("limit", "-1"),
        ("limit", "x"),
        ("sort", "color"),
        ("status", "DONE"),
        ("type", "POOL.SWIM"),
        ("submitted_gt", "yesterday"),
    ):
        reply = plain(url, "GET", "/api/v1/operations", params={name: value})
        assert (reply.status_code, list(reply.json()["payload"])) == (400, [name]), reply.text


def s19_pages_while_new_ones_come(url):
    it = client(url, OTHER)
    pool = filled(it)
    for _ in range(3):
        it.open_pool(pool.id)
        it.close_pool(pool.id)
    seen = []
    for n, op in enumerate(it.get_operations(batch_size=2)):
        seen.append(op.id)
        if n == 2:
            it.open_pool_async(pool.id)
    assert len(seen) == len(set(seen)) >= 7
    whole = it.find_operations(limit=500)
    assert not whole.has_more
    assert it.find_operations(limit=len(whole.items) - 1).has_more

    async def asynchronous():
        return [op.id async for op in AsyncTolokaClient(TOKEN, url=url).get_operations(batch_size=2)]

    found = asyncio.run(asynchronous())
    assert found == sorted(set(found))


def s20_what_others_do_is_nobodys_business(url):
    mine, theirs = client(url), client(url, OTHER)
    pool = filled(mine)
    op = mine.wait_operation(mine.open_pool_async(pool.id))
    for act, id in (
        (theirs.get_operation, op.id),
        (theirs.get_operation_log, op.id),
        (theirs.get_pool, pool.id),
        (theirs.open_pool, pool.id),
        (theirs.get_project, pool.project_id),
        (theirs.archive_project, pool.project_id),
        (theirs.clone_pool, pool.id),
    ):
        refused(no.DoesNotExistApiError, act, id)
    wrong = refused(no.ValidationApiError, theirs.create_task_suite, a_suite(pool), async_mode=False)
    assert wrong.payload["pool_id"]["code"] == "ENTITY_DOES_NOT_EXIST"


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


def s30_ten_thousand(url):
    it = client(url)
    pool = a_pool(it)
    suites = [
        {"pool_id": pool.id, "overlap": 1, "tasks": [{"input_values": {"image": f"https://example.com/{n}"}}]}
        for n in range(10_000)
    ]
    began = time.monotonic()
    reply = plain(url, "POST", "/api/v1/task-suites", params={"async_mode": "true"}, json=suites)
    answered = time.monotonic() - began
    op = it.wait_operation(it.get_operation(reply.json()["id"]))
    made = time.monotonic() - began
    assert counts(op) == [10_000, 10_000, 0, 10_000, 0]
    began = time.monotonic()
    log = plain(url, "GET", f"/api/v1/operations/{op.id}/log").json()
    logged = time.monotonic() - began
    began = time.monotonic()
    there = list(it.get_task_suites(pool_id=pool.id))
    read = time.monotonic() - began
    assert [one["output"]["task_suite_id"] for one in log] == [one.id for one in there]
    return {"answered": answered, "made": made, "logged": logged, "read_per_second": 10_000 / read}


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


def s37_an_operation_id_means_one_operation(url):
    it = client(url)
    pool, mixing = a_pool(it), a_pool(it, mixed=True)
    id = str(uuid.uuid4())
    op = it.create_task_suites_async([a_suite(pool)], operation_id=id.upper())
    assert op.id == id
    refused(no.IncorrectActionsApiError, it.create_tasks, [a_task(mixing)], operation_id=id)
    wrong = refused(no.ValidationApiError, it.create_task_suites, [a_suite(pool)], operation_id="not-a-uuid")
    assert list(wrong.invalid_fields) == ["operation_id"]
    theirs = client(url, OTHER)
    assert theirs.create_task_suites([a_suite(a_pool(theirs))], operation_id=id).items


def s38_begin_a_batch(url):
    it = client(url)
    pool = a_pool(it)
    suites = [
        {"pool_id": pool.id, "overlap": 1, "tasks": [{"input_values": {"image": f"https://example.com/{n}"}}]}
        for n in range(4000)
    ]
    reply = plain(url, "POST", "/api/v1/task-suites", params={"async_mode": "true"}, json=suites)
    return {"operation": reply.json()["id"], "pool": pool.id}


def s38_it_is_finished(url, operation, pool):
    it = client(url)
    op = it.wait_operation(it.get_operation(operation))
    assert (op.status, counts(op)) == (Operation.Status.SUCCESS, [4000, 4000, 0, 4000, 0])
    log = plain(url, "GET", f"/api/v1/operations/{operation}/log").json()
    there = [one.id for one in it.get_task_suites(pool_id=pool, batch_size=5000)]
    assert [one["output"]["task_suite_id"] for one in log] == there
    assert len(set(there)) == 4000


def s40_everything_that_has_ended(url):
    found = plain(url, "GET", "/api/v1/operations", params={"status": "SUCCESS", "limit": 500}).text
    return {"found": found}


# -- life of pools and projects ------------------------------------------------------------------------------


def s41_the_life_of_a_pool(url):
    it = client(url)
    empty = refused(no.IncorrectActionsApiError, it.open_pool, a_pool(it).id)
    assert empty.code == "EMPTY_POOL"
    refused(no.DoesNotExistApiError, it.open_pool, NOTHING)
    pool = filled(it)
    assert it.open_pool(pool.id).status == it.open_pool(pool.id).status == tc.Pool.Status.OPEN
    assert it.open_pool_async(pool.id) is None
    refused(no.IncorrectActionsApiError, it.archive_pool, pool.id)
    assert it.close_pool(pool.id).last_close_reason == tc.Pool.CloseReason.MANUAL
    assert it.close_pool_async(pool.id) is None
    assert it.archive_pool(pool.id).status == tc.Pool.Status.ARCHIVED
    assert it.archive_pool_async(pool.id) is None
    wrong = refused(no.IncorrectActionsApiError, it.open_pool, pool.id)
    assert (wrong.code, wrong.payload) == ("INAPPROPRIATE_STATUS", {"appropriate_statuses": ["CLOSED"]})


def s42_closed_for_an_update(url):
    it = client(url)
    pool = filled(it)
    it.open_pool(pool.id)
    closed = it.close_pool_for_update(pool.id)
    assert closed.last_close_reason == tc.Pool.CloseReason.FOR_UPDATE
    closed.private_name = "another"
    assert it.update_pool(pool.id, closed).private_name == "another"
    deadline = time.monotonic() + 60
    while it.get_pool(pool.id).status != tc.Pool.Status.OPEN:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (
        it.find_operations(type="POOL.OPEN", sort=["-submitted"], limit=1).items[0].parameters.pool_id
        == pool.id
    )


def s44_open_and_archive_at_once(url):
    it = client(url)
    for _ in range(5):
        pool = filled(it)
        ended = []

        def act(name, id=pool.id, ended=ended):
            try:
                getattr(client(url), name)(id)
                ended.append(name)
            except (no.IncorrectActionsApiError, no.FailedOperation):
                pass

        threads = [threading.Thread(target=act, args=(name,)) for name in ("open_pool", "archive_pool")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        status = it.get_pool(pool.id).status
        assert ended in (["open_pool"], ["archive_pool"]), ended
        assert (status == tc.Pool.Status.OPEN) == (ended == ["open_pool"])


def s45_the_end_of_a_project(url):
    it = client(url)
    pool = filled(it)
    wrong = refused(no.IncorrectActionsApiError, it.archive_project, pool.project_id)
    assert wrong.code == "UNARCHIVED_POOLS_CONFLICT"
    it.archive_pool(pool.id)
    assert it.archive_project(pool.project_id).status == tc.Project.ProjectStatus.ARCHIVED
    assert it.archive_project(pool.project_id).status == tc.Project.ProjectStatus.ARCHIVED
    wrong = refused(no.IncorrectActionsApiError, a_pool, it, it.get_project(pool.project_id))
    assert wrong.code == "PROJECT_INAPPROPRIATE_STATUS"


def s46_a_clone(url):
    it = client(url)
    pool = filled(it)
    it.archive_pool(pool.id)
    clone = it.clone_pool(pool.id)
    assert clone.status == tc.Pool.Status.CLOSED
    assert it.find_task_suites(pool_id=clone.id).items == []
    ours = {"id", "created", "status", "last_started", "last_stopped", "last_close_reason"}
    one, other = (plain(url, "GET", f"/api/v1/pools/{id}").json() for id in (pool.id, clone.id))
    assert {k: v for k, v in one.items() if k not in ours} == {
        k: v for k, v in other.items() if k not in ours
    }


def s46_a_project_is_cloned_by_the_client(url):
    it = client(url)
    pool = filled(it)
    cloned = it.clone_project(pool.project_id)
    assert cloned.project.id != pool.project_id
    assert [one.project_id for one in cloned.pools] == [cloned.project.id]


# -- answers -------------------------------------------------------------------------------------------------


def worker(url, method, path, **named):
    return plain(url, method, f"/worker/v1{path}", **named)


def given(url, pool, user):
    reply = worker(url, "POST", f"/pools/{pool.id}/assignments", json={"user_id": user})
    return None if reply.status_code == 204 else reply.json()


def submit(url, assignment, result="cat"):
    solutions = [{"output_values": {"result": result}} for _ in assignment["tasks"]]
    return worker(url, "POST", f"/assignments/{assignment['id']}/submit", json={"solutions": solutions})


def s47_where_people_work(url):
    it = client(url)
    pool = a_pool(it)
    it.create_task_suites([a_suite(pool, n, overlap=3) for n in range(10)])
    it.open_pool(pool.id)
    lock, had = threading.Lock(), []

    def works(user):
        while (one := given(url, pool, user)) is not None:
            assert submit(url, one, "cow").json()["code"] == "VALIDATION_ERROR"
            assert submit(url, one).json()["status"] == "ACCEPTED"
            with lock:
                had.append((one["task_suite_id"], user))

    threads = [threading.Thread(target=works, args=(f"user-{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(had) == len(set(had)) == 30
    found = list(it.get_assignments(pool_id=pool.id, status=["ACCEPTED"]))
    assert sorted((one.task_suite_id, one.user_id) for one in found) == sorted(had)
    assert {one.remaining_overlap for one in it.get_task_suites(pool_id=pool.id)} == {0}


def s43_a_pool_in_which_all_is_answered(url):
    it = client(url)
    pool = filled(it)
    it.open_pool(pool.id)
    submit(url, given(url, pool, "ann"))
    deadline = time.monotonic() + 60
    while (now := it.get_pool(pool.id)).status != tc.Pool.Status.CLOSED:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert now.last_close_reason == tc.Pool.CloseReason.COMPLETED
    op = it.find_operations(type="POOL.CLOSE", sort=["-submitted"], limit=1).items[0]
    assert op.parameters.pool_id == pool.id


def s48_answers_are_looked_at(url):
    it = client(url)
    pool = filled(it, 2, auto_accept_solutions=False, auto_accept_period_day=7)
    it.open_pool(pool.id)
    one, two = (given(url, pool, user) for user in ("ann", "bob"))
    assert submit(url, one).json()["status"] == submit(url, two).json()["status"] == "SUBMITTED"
    assert len(list(it.get_assignments(pool_id=pool.id, status=["SUBMITTED"]))) == 2
    assert it.accept_assignment(one["id"], "good").status == tc.Assignment.ACCEPTED
    assert it.reject_assignment(two["id"], "bad").status == tc.Assignment.REJECTED
    assert it.accept_assignment(two["id"], "good after all").status == tc.Assignment.ACCEPTED
    wrong = refused(no.IncorrectActionsApiError, it.reject_assignment, two["id"], "no")
    assert wrong.code == "INAPPROPRIATE_STATUS"
    reply = plain(url, "PATCH", f"/api/v1/assignments/{one['id']}", json={"status": "LOST"})
    assert (reply.status_code, list(reply.json()["payload"])) == (400, ["status"])


def s48_skills_are_kept(url):
    it = client(url)
    skill = it.create_skill(tc.Skill(name=f"cats {uuid.uuid4()}", public_requester_description={"EN": "x"}))
    assert it.get_skill(skill.id).name == skill.name
    assert [one.id for one in it.get_skills(name=skill.name)] == [skill.id]
    it.set_user_skill(skill_id=skill.id, user_id="ann", value=decimal.Decimal(70))
    it.set_user_skill(skill_id=skill.id, user_id="ann", value=decimal.Decimal(80))
    assert [one.value for one in it.get_user_skills(skill_id=skill.id)] == [80]
