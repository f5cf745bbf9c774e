"""The life of pools, and answers: what the vendor's client does and sees.

Runs with the client's own Python, not with ours.
"""

import decimal
import functools
import threading
import time
import uuid

import toloka.client as tc
from making import (
    NOTHING,
    a_pool,
    a_project,
    a_suite,
    a_task,
    at_once,
    client,
    filled,
    given,
    plain,
    refused,
    submit,
)
from toloka.client import exceptions as no

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
    training = a_training(it, it.get_project(pool.project_id))
    cloned = it.clone_project(pool.project_id)
    assert cloned.project.id != pool.project_id
    assert [one.project_id for one in cloned.pools] == [cloned.project.id]
    assert [one.project_id for one in cloned.trainings] == [cloned.project.id]
    assert cloned.trainings[0].private_name == training.private_name


def a_training(it, project, **changes):
    given = {
        "project_id": project.id,
        "private_name": "how it is done",
        "may_contain_adult_content": False,
        "assignment_max_duration_seconds": 600,
        "mix_tasks_in_creation_order": True,
        "shuffle_tasks_in_task_suite": False,
        "training_tasks_in_task_suite_count": 2,
        "task_suites_required_to_pass": 1,
        "inherited_instructions": True,
    }
    return it.create_training(tc.Training(**given | changes))


def a_lesson(training, n):
    known = [tc.Task.KnownSolution(output_values={"result": "cat"}, correctness_weight=1)]
    hints = {"known_solutions": known, "message_on_unknown_solution": "Look at its ears"}
    return tc.Task(
        pool_id=training.id, input_values={"image": f"https://x/{n}"}, infinite_overlap=True, **hints
    )


def s41_the_life_of_a_training(url):
    it = client(url)
    project = a_project(it)
    training = a_training(it, project)
    assert training.status == tc.Training.Status.CLOSED
    empty = refused(no.IncorrectActionsApiError, it.open_training, training.id)
    assert empty.code == "EMPTY_POOL"
    wrong = refused(no.ValidationApiError, it.create_task, a_task(training))
    assert "known_solutions" in str(wrong.payload)
    it.create_tasks([a_lesson(training, n) for n in range(3)])
    assert it.open_training(training.id).status == tc.Training.Status.OPEN
    assert it.open_training_async(training.id) is None
    for user in ("ann", "bob"):
        first = given(url, training, user)
        assert [task["input_values"]["image"] for task in first["tasks"]] == ["https://x/0", "https://x/1"]
        assert submit(url, first).json()["status"] == "ACCEPTED"
    assert it.close_training(training.id).last_close_reason == tc.Training.CloseReason.MANUAL
    training.private_name = "another"
    assert it.update_training(training.id, training).private_name == "another"
    clone = it.clone_training(training.id)
    assert (clone.private_name, clone.status) == ("another", tc.Training.Status.CLOSED)
    assert it.archive_training(training.id).status == tc.Training.Status.ARCHIVED
    refused(no.DoesNotExistApiError, it.get_pool, training.id)
    refused(no.DoesNotExistApiError, it.open_pool, clone.id)
    refused(no.DoesNotExistApiError, it.get_training, a_pool(it, project).id)
    found = {one.id for one in it.get_trainings(project_id=project.id)}
    assert found == {training.id, clone.id}
    assert found.isdisjoint(one.id for one in it.get_pools(project_id=project.id))
    for verb in ("OPEN", "CLOSE", "CLONE", "ARCHIVE"):
        (op,) = it.find_operations(type=f"TRAINING.{verb}").items
        assert (op.parameters.training_id, op.status.value) == (training.id, "SUCCESS")


# -- answers -------------------------------------------------------------------------------------------------


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

    at_once(*(functools.partial(works, f"user-{n}") for n in range(20)))
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
