"""What is made of answers: what the vendor's client asks for and sees.

Runs with the client's own Python, not with ours.
"""

import decimal
import uuid

import toloka.client as tc
from making import NOTHING, a_pool, a_project, a_task, client, plain, refused
from scenarios_pools import given, submit, worker
from toloka.client import actions, collectors, conditions
from toloka.client import exceptions as no
from toloka.client.operations import Operation
from toloka.client.project import field_spec as spec
from toloka.client.project.task_spec import TaskSpec

KIND = tc.aggregation.AggregatedSolutionType
ONE = tc.pool.MixerConfig(real_tasks_count=1, golden_tasks_count=0, training_tasks_count=0)
PEOPLE = {"ann": 70, "bob": 90, "cid": 80}
FIELDS = [{"name": "result"}]


def mixing(it, tasks=1, overlap=3, **changes):
    """An open pool that gives out one task at a time."""
    pool = a_pool(it, **{"mixer_config": ONE} | changes)
    it.create_tasks([a_task(pool, n, overlap=overlap) for n in range(tasks)], open_pool=True)
    return pool


def a_skill(it):
    skill = it.create_skill(
        tc.Skill(name=f"animals {uuid.uuid4()}", public_requester_description={"EN": "x"})
    )
    for user, value in PEOPLE.items():
        it.set_user_skill(skill_id=skill.id, user_id=user, value=decimal.Decimal(value))
    return skill


def answers(url, pool, user, result):
    one = given(url, pool, user)
    assert submit(url, one, result).status_code == 200
    return one


def s50_weighed_by_skill_alone_and_for_the_pool(url):
    it = client(url)
    skill = a_skill(it)
    documented = (
        ((("ann", "OK"), ("bob", "OK")), "OK", 0.97674),
        ((("ann", "OK"), ("bob", "BAD")), "BAD", 0.76056),
        ((("ann", "OK"), ("bob", "BAD"), ("cid", "BAD")), "BAD", 0.96214),
    )
    project = a_project(
        it,
        task_spec=TaskSpec(
            input_spec={"image": spec.UrlSpec()},
            output_spec={"result": spec.StringSpec(allowed_values=["OK", "BAD", "404"])},
            view_spec=tc.project.ClassicViewSpec(markup="<p/>"),
        ),
    )
    for said, winner, confidence in documented:
        pool = mixing(it, project=project)
        for user, result in said:
            answers(url, pool, user, result)
        more = {"pool_id": pool.id, "answer_weight_skill_id": skill.id}
        op = it.wait_operation(
            it.aggregate_solutions_by_pool(
                type=KIND.WEIGHTED_DYNAMIC_OVERLAP,
                fields=[tc.aggregation.PoolAggregatedSolutionRequest.Field(name="result")],
                **more,
            )
        )
        assert op.parameters.answer_weight_skill_id == skill.id
        (found,) = it.get_aggregated_solutions(op.id)
        alone = it.aggregate_solutions_by_task(
            task_id=found.task_id,
            fields=[tc.aggregation.WeightedDynamicOverlapTaskAggregatedSolutionRequest.Field(name="result")],
            **more,
        )
        assert (alone.task_id, alone.output_values, alone.confidence) == (
            found.task_id,
            {"result": winner},
            found.confidence,
        )
        assert abs(float(alone.confidence) - confidence) < 0.000005, alone


def s51_only_accepted_answers_count(url):
    it = client(url)
    pool = mixing(it, auto_accept_solutions=False, auto_accept_period_day=7)
    for user, result in (("ann", "dog"), ("bob", "cat"), ("cid", "cat")):
        one = answers(url, pool, user, result)
        judge = it.reject_assignment if user == "ann" else it.accept_assignment
        judge(one["id"], "seen")
    op = it.wait_operation(
        it.aggregate_solutions_by_pool(
            type=KIND.DAWID_SKENE,
            pool_id=pool.id,
            fields=[tc.aggregation.PoolAggregatedSolutionRequest.Field(name="result")],
        )
    )
    (found,) = it.get_aggregated_solutions(op.id)
    assert (found.output_values, float(found.confidence)) == ({"result": "cat"}, 1.0)


def s53_what_cannot_be_aggregated(url):
    it = client(url)
    pool, skill = a_pool(it), a_skill(it)
    good = {"type": "DAWID_SKENE", "pool_id": pool.id, "fields": FIELDS}
    weighted = {"type": "WEIGHTED_DYNAMIC_OVERLAP", "answer_weight_skill_id": skill.id}
    for wrong, status in (
        ({"fields": [*FIELDS, *FIELDS]}, 201),
        ({"fields": [{"name": "color"}]}, 400),
        ({"type": "GUESS"}, 400),
        ({"pool_id": NOTHING}, 400),
        ({"type": "WEIGHTED_DYNAMIC_OVERLAP"}, 400),
        (weighted | {"answer_weight_skill_id": NOTHING}, 400),
        (weighted, 409),
    ):
        reply = plain(url, "POST", "/api/v1/aggregated-solutions/aggregate-by-pool", json=good | wrong)
        assert reply.status_code == status, (wrong, reply.text)
    op = it.wait_operation(it.get_operation(plain_begun(url, good)))
    assert (op.status, list(it.get_aggregated_solutions(op.id))) == (Operation.Status.SUCCESS, [])


def plain_begun(url, asked):
    return plain(url, "POST", "/api/v1/aggregated-solutions/aggregate-by-pool", json=asked).json()["id"]


def s55_control_tasks_of_answers(url):
    it = client(url)
    pool = mixing(it, tasks=6)
    for n in range(6):
        for user in PEOPLE:
            answers(url, pool, user, "cat" if n % 2 else "dog")
    path = f"/api/v1/pools/{pool.id}/known-solutions/generate"
    assert plain(url, "POST", path).json()["code"] == "INAPPROPRIATE_STATUS"
    it.close_pool(pool.id)
    reply = plain(url, "POST", path, json={"max_count": 4})
    assert reply.status_code == 202, reply.text
    op = it.wait_operation(it.get_operation(reply.json()["id"]))
    assert (op.type, op.status) == ("KNOWN_SOLUTIONS.GENERATE", Operation.Status.SUCCESS)
    assert (op.parameters.pool_id, op.details["success_count"]) == (pool.id, 4)
    assert op.id in [one.id for one in it.find_operations(type="KNOWN_SOLUTIONS.GENERATE").items]
    log = it.get_operation_log(op.id)
    assert {(one.type, one.success) for one in log} == {("KNOWN_SOLUTION_CREATE", True)}
    made = [one for one in it.get_tasks(pool_id=pool.id) if one.known_solutions]
    assert sorted(one.id for one in made) == sorted(one.output["task_id"] for one in log)
    said = sorted(one.known_solutions[0].output_values["result"] for one in made)
    assert (said, {one.infinite_overlap for one in made}) == (["cat", "cat", "dog", "dog"], {True})
    assert plain(url, "POST", path).json()["code"] == "CONFLICT_STATE"
    refused(no.IncorrectActionsApiError, it.archive_project, pool.project_id)


def s55_what_is_known_is_mixed_in_and_scored(url):
    it = client(url)
    skill = it.create_skill(tc.Skill(name=f"care {uuid.uuid4()}", public_requester_description={"EN": "x"}))
    pool = a_pool(
        it, mixer_config=tc.pool.MixerConfig(real_tasks_count=1, golden_tasks_count=1, training_tasks_count=0)
    )
    pool.quality_control.add_action(
        collector=collectors.GoldenSet(history_size=10),
        conditions=[conditions.TotalAnswersCount >= 2],
        action=actions.SetSkillFromOutputField(skill_id=skill.id, from_field="correct_answers_rate"),
    )
    pool = it.update_pool(pool.id, pool)
    known = [tc.task.BaseTask.KnownSolution(output_values={"result": "cat"})]
    control = [a_task(pool, n, overlap=None, infinite_overlap=True, known_solutions=known) for n in range(4)]
    it.create_tasks([*(a_task(pool, 10 + n) for n in range(4)), *control], open_pool=True)
    for result in ("cat", "cat", "cat", "dog"):
        one = given(url, pool, "ann")
        assert len(one["tasks"]) == 2
        assert submit(url, one, result).status_code == 200
    (reached,) = it.get_user_skills(skill_id=skill.id)
    assert (reached.user_id, reached.value) == ("ann", 75)


def s55_overlap_grows_while_it_is_not_sure(url):
    it = client(url)
    skill = a_skill(it)
    config = tc.pool.dynamic_overlap_config.DynamicOverlapConfig(
        type="BASIC",
        max_overlap=3,
        min_confidence=0.9,
        answer_weight_skill_id=skill.id,
        fields=[tc.pool.dynamic_overlap_config.DynamicOverlapConfig.Field(name="result")],
    )
    defaults = tc.Pool.Defaults(default_overlap_for_new_task_suites=1, default_overlap_for_new_tasks=1)
    pool = mixing(it, overlap=1, dynamic_overlap_config=config, defaults=defaults)
    seen = []
    for user, result in (("ann", "cat"), ("bob", "dog"), ("cid", "dog")):
        answers(url, pool, user, result)
        (one,) = it.get_tasks(pool_id=pool.id)
        seen.append((one.overlap, one.remaining_overlap))
    assert seen == [(2, 1), (3, 1), (3, 0)]
    assert worker(url, "POST", f"/pools/{pool.id}/assignments", json={"user_id": "dot"}).status_code in {
        204,
        409,
    }
