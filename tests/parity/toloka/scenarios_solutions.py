"""What answers come to: what the vendor's client does and sees.

Runs with the client's own Python, not with ours.
"""

import decimal
import json
import random
import uuid

import toloka.client as tc
from making import (
    NOTHING,
    a_pool,
    a_project,
    a_suite,
    a_task,
    client,
    filled,
    filled_at_once,
    given,
    plain,
    refused,
    submit,
    worker,
)
from toloka.client import exceptions as no
from toloka.client.operations import Operation
from toloka.client.project import field_spec as spec
from toloka.client.project.task_spec import TaskSpec

KIND = tc.aggregation.AggregatedSolutionType
FIELD = tc.aggregation.PoolAggregatedSolutionRequest.Field(name="result")
TOGETHER = "/api/v1/aggregated-solutions/aggregate-by-pool"


def aggregated(it, pool, **changes):
    wanted = {"type": KIND.DAWID_SKENE, "pool_id": pool.id, "fields": [FIELD]} | changes
    op = it.wait_operation(it.aggregate_solutions_by_pool(**wanted))
    assert (op.status, op.parameters.pool_id) == (Operation.Status.SUCCESS, pool.id)
    return op


def answered(url, **changes):
    """Four tasks, each answered by three people, of whom one is of another mind."""
    it = client(url)
    pool = a_pool(it, **changes)
    it.create_task_suites([a_suite(pool, n, overlap=3) for n in range(4)])
    it.open_pool(pool.id)
    for user, said in (("ann", "cat"), ("bob", "cat"), ("cid", "dog")):
        for _ in range(4):
            submit(url, given(url, pool, user), said)
    return it, pool


def s49_answers_are_aggregated(url):
    it, pool = answered(url)
    op = aggregated(it, pool)
    found = list(it.get_aggregated_solutions(op.id))
    assert [one.output_values for one in found] == [{"result": "cat"}] * 4
    assert all(0 <= one.confidence <= 1 for one in found)


def s50_answers_are_weighed_by_skill(url):
    it = client(url)
    labels = TaskSpec(
        input_spec={"image": spec.UrlSpec()},
        output_spec={"result": spec.StringSpec(allowed_values=["OK", "BAD", "404"])},
        view_spec=tc.project.ClassicViewSpec(markup="<p/>"),
    )
    mixer = {"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0}
    mixer = tc.pool.MixerConfig(**mixer, mix_tasks_in_creation_order=True)
    pool = a_pool(it, a_project(it, task_spec=labels), mixer_config=mixer)
    people = {
        "seventy": ["OK", "OK", "OK", "OK"],
        "ninety": ["OK", "BAD", "BAD"],
        "eighty": [None, None, "BAD"],
        "nobody": [None, None, None, "BAD"],
    }
    tasks = [
        a_task(pool, n, overlap=sum(len(said) > n and said[n] is not None for said in people.values()))
        for n in range(4)
    ]
    ids = [one.id for one in it.create_tasks(tasks).items.values()]
    skill = it.create_skill(tc.Skill(name=f"sees {uuid.uuid4()}", public_requester_description={"EN": "x"}))
    for user, value in (("seventy", 70), ("ninety", 90), ("eighty", 80)):
        it.set_user_skill(skill_id=skill.id, user_id=user, value=decimal.Decimal(value))
    it.open_pool(pool.id)
    for user, said in people.items():
        for _ in range(len([one for one in said if one])):
            one = given(url, pool, user)
            n = int(one["tasks"][0]["input_values"]["image"].rpartition("/")[2].removesuffix(".jpg"))
            submit(url, one, said[n]).raise_for_status()
    weighed = {"type": KIND.WEIGHTED_DYNAMIC_OVERLAP, "answer_weight_skill_id": skill.id}
    op = aggregated(it, pool, **weighed)
    found = {one.task_id: one for one in it.get_aggregated_solutions(op.id)}
    said = [(found[id].output_values["result"], round(float(found[id].confidence), 3)) for id in ids]
    assert said == [("OK", 0.977), ("BAD", 0.761), ("BAD", 0.962), ("OK", 0.609)]
    alone = tc.aggregation.WeightedDynamicOverlapTaskAggregatedSolutionRequest
    for id in ids:
        wanted = alone(task_id=id, pool_id=pool.id, answer_weight_skill_id=skill.id, fields=[FIELD])
        assert it.aggregate_solutions_by_task(wanted) == found[id]


def s51_only_what_was_accepted_counts(url):
    it = client(url)
    pool = a_pool(it, auto_accept_solutions=False, auto_accept_period_day=7)
    it.create_task_suites([a_suite(pool, overlap=3)])
    it.open_pool(pool.id)
    ann, bob, cid = (given(url, pool, user) for user in ("ann", "bob", "cid"))
    for one, said in ((ann, "cat"), (bob, "dog"), (cid, "dog")):
        submit(url, one, said).raise_for_status()

    def found():
        return [one.output_values["result"] for one in it.get_aggregated_solutions(aggregated(it, pool).id)]

    assert found() == []
    it.accept_assignment(ann["id"], "good")
    it.reject_assignment(bob["id"], "bad")
    assert found() == ["cat"]
    it.accept_assignment(bob["id"], "good after all")
    it.accept_assignment(cid["id"], "good")
    assert found() == ["dog"]


def s52_pages_and_bounds(url):
    it, pool = answered(url)
    op = aggregated(it, pool)
    ids = [one.task_id for one in it.get_aggregated_solutions(op.id, batch_size=3)]
    assert ids == sorted(set(ids))
    assert len(ids) == 4
    down = it.find_aggregated_solutions(op.id, sort=["-task_id"], limit=1)
    assert (down.items[0].task_id, down.has_more) == (ids[-1], True)
    within = it.find_aggregated_solutions(op.id, task_id_gt=ids[0], task_id_lte=ids[2])
    assert ([one.task_id for one in within.items], within.has_more) == (ids[1:3], False)
    refused(no.DoesNotExistApiError, it.find_aggregated_solutions, NOTHING)
    opened = it.find_operations(type="POOL.OPEN").items[0]
    refused(no.DoesNotExistApiError, it.find_aggregated_solutions, opened.id)


def s52_of_one_that_has_not_ended(url):
    it = client(url)
    op = it.aggregate_solutions_by_pool(type=KIND.DAWID_SKENE, pool_id=filled_at_once(it).id, fields=[FIELD])
    refused(no.ConflictStateApiError, it.find_aggregated_solutions, op.id)


def s53_what_cannot_be_aggregated(url):
    it = client(url)
    fields = TaskSpec(
        input_spec={"image": spec.UrlSpec()},
        output_spec={
            "result": spec.StringSpec(allowed_values=["cat", "dog"]),
            "tame": spec.BooleanSpec(),
            "names": spec.ArrayStringSpec(allowed_values=["x"]),
            "photo": spec.FileSpec(),
            "text": spec.StringSpec(),
            "age": spec.IntegerSpec(min_value=0, max_value=40),
        },
        view_spec=tc.project.ClassicViewSpec(markup="<p/>"),
    )
    project = a_project(it, task_spec=fields)
    suites, mixing = a_pool(it, project), a_pool(it, project, mixed=True)

    def wrong(pool=suites, names=("result",), **changes):
        body = {"type": "DAWID_SKENE", "pool_id": pool.id, "fields": [{"name": name} for name in names]}
        reply = plain(url, "POST", TOGETHER, json=body | changes)
        assert 400 <= reply.status_code < 500, reply.text
        return reply.json()["code"], set(reply.json().get("payload", ()))

    assert wrong(names=("result", "tame")) == ("VALIDATION_ERROR", {"fields"})
    for name in ("names", "photo", "text", "age", "nothing"):
        assert wrong(names=(name,)) == ("VALIDATION_ERROR", {"fields.0.name"}), name
    weighed = {"type": "WEIGHTED_DYNAMIC_OVERLAP"}
    skill = {"answer_weight_skill_id"}
    assert wrong(mixing, **weighed) == ("VALIDATION_ERROR", skill)
    assert wrong(mixing, **weighed, answer_weight_skill_id=NOTHING) == ("VALIDATION_ERROR", skill)
    known = it.create_skill(tc.Skill(name=f"x {uuid.uuid4()}", public_requester_description={"EN": "x"})).id
    assert wrong(**weighed, answer_weight_skill_id=known)[0] == "ONLY_FOR_POOL_WITH_MIXER"
    assert wrong(type="VOTE") == ("VALIDATION_ERROR", {"type"})
    assert wrong(pool_id=NOTHING)[1] == {"pool_id"}
    assert wrong(fields=[])[1] == {"fields"}
    assert list(it.get_aggregated_solutions(aggregated(it, suites).id)) == []


def s54_it_goes_on_and_several_do_not_meet(url):
    it = client(url)
    pool = a_pool(it)
    lot = random.Random(54)
    suites = [
        {"pool_id": pool.id, "overlap": 3, "tasks": [{"input_values": {"image": "https://x"}}] * 400}
        for _ in range(3)
    ]
    plain(url, "POST", "/api/v1/task-suites", json=suites).raise_for_status()
    it.open_pool(pool.id)
    for user in ("ann", "bob", "cid"):
        while (one := given(url, pool, user)) is not None:
            said = [{"output_values": {"result": lot.choice(["cat", "dog"])}} for _ in one["tasks"]]
            reply = worker(url, "POST", f"/assignments/{one['id']}/submit", json={"solutions": said})
            reply.raise_for_status()
    op = it.aggregate_solutions_by_pool(type=KIND.DAWID_SKENE, pool_id=pool.id, fields=[FIELD])
    other = aggregated(it, pool)
    op = it.wait_operation(op)
    headers = {"Authorization": f"Bearer {url.mine}"}
    history = plain(url, "GET", f"/headway/v1/operations/{op.id}/events?format=ndjson", headers=headers).text
    told = [json.loads(line)["data"] for line in history.splitlines() if line.startswith("{")]
    progress = [data["progress"] for data in told if "progress" in data]
    assert progress == sorted(progress)
    assert any(0 < one < 100 for one in progress), told
    one, another = (list(it.get_aggregated_solutions(id, batch_size=5000)) for id in (op.id, other.id))
    assert op.id != other.id
    assert one == another
    assert len(one) == 1200


def s39_begin_to_aggregate(url):
    it, pool = answered(url)
    return {
        "operation": it.aggregate_solutions_by_pool(type=KIND.DAWID_SKENE, pool_id=pool.id, fields=[FIELD]).id
    }


def s39_there_is_one_result_of_each(url, operation):
    it = client(url)
    op = it.wait_operation(it.get_operation(operation))
    assert op.status == Operation.Status.SUCCESS
    found = list(it.get_aggregated_solutions(operation))
    assert len({one.task_id for one in found}) == len(found) == 4
    assert len(it.find_operations(type="SOLUTION.AGGREGATE").items) == 1


# -- control tasks -------------------------------------------------------------------------------------------


def generate(url, pool, **wanted):
    return plain(url, "POST", f"/api/v1/pools/{pool.id}/known-solutions/generate", json=wanted)


def seen(task):
    """What everybody sees on the image: every other time a cat."""
    n = int(task["input_values"]["image"].rpartition("/")[2].removesuffix(".jpg"))
    return "cat" if n % 2 else "dog"


def answer_all(url, pool, user):
    """How many tasks they had."""
    had = 0
    while (one := given(url, pool, user)) is not None:
        solutions = [{"output_values": {"result": seen(task)}} for task in one["tasks"]]
        reply = worker(url, "POST", f"/assignments/{one['id']}/submit", json={"solutions": solutions})
        reply.raise_for_status()
        had += len(solutions)
    return had


def s55_control_tasks_are_made_of_answers(url):
    it = client(url)
    pool = a_pool(it, mixed=True)
    tasks = it.create_tasks([a_task(pool, n, overlap=3) for n in range(10)])
    it.open_pool(pool.id)
    assert [answer_all(url, pool, user) for user in ("ann", "bob", "cid")] == [10, 10, 10]
    it.close_pool(pool.id)
    reply = generate(url, pool, field="result", max_count=6)
    op = it.wait_operation(it.get_operation(reply.json()["id"]))
    assert (reply.status_code, op.status) == (202, Operation.Status.SUCCESS)
    assert [one.id for one in it.find_operations(type="KNOWN_SOLUTIONS.GENERATE").items] == [op.id]
    log = it.get_operation_log(op.id)
    assert {(one.type, one.success) for one in log} == {("KNOWN_SOLUTION_CREATE", True)}
    made = {one.id: one for one in it.get_tasks(pool_id=pool.id) if one.known_solutions}
    assert set(made) == {one.output["task_id"] for one in log}
    assert len(made) == 6
    labels = [one.known_solutions[0].output_values["result"] for one in made.values()]
    assert sorted(labels) == ["cat"] * 3 + ["dog"] * 3
    assert all(one.infinite_overlap for one in made.values())
    assert {one.origin_task_id for one in made.values()} <= {one.id for one in tasks.items.values()}
    for one in made.values():
        assert one.known_solutions[0].output_values["result"] == seen({"input_values": one.input_values})
    again = generate(url, pool, field="result")
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT_STATE")


def s55_they_are_mixed_in_and_give_a_skill(url):
    it = client(url)
    skill = it.create_skill(tc.Skill(name=f"sees {uuid.uuid4()}", public_requester_description={"EN": "x"}))
    rules = tc.quality_control.QualityControl()
    rules.add_action(
        collector=tc.collectors.GoldenSet(),
        conditions=[tc.conditions.GoldenSetAnswersCount >= 1],
        action=tc.actions.SetSkillFromOutputField(
            skill_id=skill.id, from_field="golden_set_correct_answers_rate"
        ),
    )
    pool = a_pool(it, mixed=True, quality_control=rules)
    it.create_tasks([a_task(pool, n, overlap=3) for n in range(4)])
    it.open_pool(pool.id)
    for user in ("ann", "bob", "cid"):
        answer_all(url, pool, user)
    it.close_pool(pool.id)
    it.wait_operation(it.get_operation(generate(url, pool, max_count=4).json()["id"]))
    closed = it.get_pool(pool.id)
    closed.mixer_config.golden_tasks_count = 2
    it.update_pool(pool.id, closed)
    it.create_tasks([a_task(pool, n) for n in range(10, 14)])
    it.open_pool(pool.id)
    assert answer_all(url, pool, "dan") == 8
    assert [(one.user_id, one.value) for one in it.get_user_skills(skill_id=skill.id)] == [("dan", 100)]


def s55_when_they_cannot_be_made(url):
    it = client(url)
    suites, mixing = filled(it), a_pool(it, mixed=True)
    assert generate(url, suites).json()["code"] == "MIXER_CONFIG_REQUIRED"
    it.create_tasks([a_task(mixing)])
    it.open_pool(mixing.id)
    assert generate(url, mixing).json()["code"] == "INAPPROPRIATE_STATUS"
    it.close_pool(mixing.id)
    assert set(generate(url, mixing, field="image").json()["payload"]) == {"field"}
    op = it.wait_operation(it.get_operation(generate(url, mixing).json()["id"]))
    (why,) = it.get_operation_log(op.id)
    assert (op.status, why.success) == (Operation.Status.FAIL, False)
    assert why.output["code"] == "NOT_ENOUGH_ANSWERS"
