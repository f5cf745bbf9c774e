"""Requests, operations, logs, searches: what the vendor's client does and sees.

Runs with the client's own Python, not with ours.
"""

import asyncio
import datetime as dt
import time

import toloka.client as tc
from making import (
    NOTHING,
    a_pool,
    a_suite,
    a_task,
    at_once,
    bad_suite,
    client,
    filled,
    filled_at_once,
    last_batch,
    plain,
    refused,
)
from toloka.async_client import AsyncTolokaClient
from toloka.client import exceptions as no
from toloka.client.operations import Operation

# -- setup and transport -------------------------------------------------------------------------------------


def s01_who_asks(url):
    it = client(url).get_requester()
    assert it.id
    assert it.public_name["EN"].startswith("person-")


def s02_both_schemes_and_no_other_token(url):
    it = client(url)
    it.get_requester()
    assert (
        plain(url, "GET", "/api/v1/requester", headers={"Authorization": f"ApiKey {url.mine}"}).status_code
        == 200
    )
    began = time.monotonic()
    refused(no.AuthenticationApiError, client(url, "nobody").get_requester)
    refused(no.AuthenticationApiError, client(url, "a" * 23 + ".b.c").get_requester)
    assert time.monotonic() - began < 20


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


def s04_too_often(url):
    it = client(url)
    for _ in range(8):
        it.get_requester()


def s05_fifty_who_poll_at_once(url):
    it = client(url)
    pool = filled(it)
    op = it.open_pool_async(pool.id)
    it.wait_operation(op)

    async def all_at_once():
        asynchronous = AsyncTolokaClient(url.mine, url=str(url))
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


def s07_it_waits_while_there_is_no_place(url):
    it = client(url)
    op = it.open_pool_async(filled_at_once(it).id)
    for _ in range(2):
        seen = plain(url, "GET", f"/api/v1/operations/{op.id}").json()
        assert (seen["status"], seen["progress"]) == ("PENDING", 0)
        assert not {"started", "finished", "details"} & set(seen)
    for sort in ("finished", "-finished"):
        assert op.id in {one.id for one in it.find_operations(sort=[sort]).items}
    return {"operation": op.id}


def s07_and_goes_on_when_there_is_one(url, operation):
    it = client(url)
    op = it.wait_operation(it.get_operation(operation))
    assert op.status == Operation.Status.SUCCESS
    assert op.submitted <= op.started <= op.finished


def s10_waiting(url):
    it = client(url)
    pool = filled(it)
    done = it.wait_operation(it.open_pool_async(pool.id))
    assert done.status == Operation.Status.SUCCESS
    nobody = tc.TolokaClient(url.mine, url="http://127.0.0.1:1")
    assert nobody.wait_operation(done) is done


def s10_waiting_in_vain(url):
    it = client(url)
    op = it.open_pool_async(filled_at_once(it).id)
    refused(TimeoutError, it.wait_operation, op, timeout=dt.timedelta(seconds=2))


def s11_a_failed_one_is_raised(url):
    it = client(url)
    pool = filled_at_once(it)

    def cancel():
        deadline = time.monotonic() + 60
        while not (there := it.find_operations(type="POOL.OPEN", limit=1).items):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        headers = {"Authorization": f"Bearer {url.mine}"}
        reply = plain(url, "POST", f"/headway/v1/operations/{there[0].id}/cancel", json={}, headers=headers)
        assert reply.is_success, reply.text

    wrong, _ = at_once(lambda: refused(no.FailedOperation, it.open_pool, pool.id), cancel)
    op = wrong.operation
    assert (op.parameters.pool_id, op.status) == (pool.id, Operation.Status.FAIL)
    (why,) = it.get_operation_log(op.id)
    assert (why.type, why.success, why.output["code"]) == ("POOL_OPEN", False, "CANCELLED")


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
    it = client(url, url.theirs)
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
    pool = filled(it)
    it.open_pool(pool.id)
    refused(no.ValidationApiError, it.create_task_suites, [bad_suite(pool)])
    it.close_pool(pool.id)
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
    it = client(url, url.theirs)
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
        return [op.id async for op in AsyncTolokaClient(url.mine, url=str(url)).get_operations(batch_size=2)]

    found = asyncio.run(asynchronous())
    assert found == sorted(set(found))


def s20_what_others_do_is_nobodys_business(url):
    mine, theirs = client(url), client(url, url.theirs)
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
