"""What the scenarios have in common: projects, pools, suites and tasks, and how the client refuses."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import toloka.client as tc
from toloka.client.project import field_spec as spec
from toloka.client.project.task_spec import TaskSpec

NOTHING = "0" * 24
LOCAL = threading.local()
MIXER = {"real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0}


class Site(str):
    """Where the platform is, with the tokens of two accounts that nobody else has: scenarios run beside each other."""

    __slots__ = ("mine", "theirs")


def client(url, token=None):
    return tc.TolokaClient(token or url.mine, url=str(url), retries=3)


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


def filled_at_once(it, **changes):
    """The same without an operation: while there is no place for one."""
    pool = a_pool(it, **changes)
    it.create_task_suites([a_suite(pool)], async_mode=False)
    return pool


def last_batch(it):
    return it.find_operations(type="TASK_SUITE.BATCH_CREATE", sort=["-submitted"], limit=1).items[0]


def counts(operation):
    names = ("total", "valid", "not_valid", "success", "failed")
    return [operation.details[f"{name}_count"] for name in names]


def plain(url, method, path, token=None, **named):
    headers = {"Authorization": f"OAuth {token or url.mine}"} | named.pop("headers", {})
    reply = _http().request(method, f"{url}{path}", headers=headers, **named)
    assert "retry-after" not in reply.headers
    return reply


def _http():
    """One for each thread: making one takes longer than a request."""
    if not hasattr(LOCAL, "http"):
        LOCAL.http = httpx.Client(timeout=30)
    return LOCAL.http


# -- those who work ------------------------------------------------------------------------------------------


def worker(url, method, path, **named):
    return plain(url, method, f"/worker/v1{path}", **named)


def given(url, pool, user):
    reply = worker(url, "POST", f"/pools/{pool.id}/assignments", json={"user_id": user})
    if reply.status_code == 409:
        # Everything in it is answered, so it has closed.
        assert reply.json()["code"] == "POOL_INAPPROPRIATE_STATUS"
        return None
    return None if reply.status_code == 204 else reply.json()


def submit(url, assignment, result="cat"):
    solutions = [{"output_values": {"result": result}} for _ in assignment["tasks"]]
    return worker(url, "POST", f"/assignments/{assignment['id']}/submit", json={"solutions": solutions})


def at_once(*acts):
    """Each in a thread of its own; fails as the first of them does."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(act) for act in acts]]
