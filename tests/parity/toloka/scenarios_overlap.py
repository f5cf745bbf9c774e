"""One more person is asked where those who were asked are not sure enough: as the vendor's client sees it.

Runs with the client's own Python, not with ours.
"""

import decimal
import uuid

import toloka.client as tc
from making import a_pool, a_task, client, given, submit
from toloka.client.pool.dynamic_overlap_config import DynamicOverlapConfig

ONE = tc.pool.MixerConfig(real_tasks_count=1, golden_tasks_count=0, training_tasks_count=0)
PEOPLE = {"ann": 70, "bob": 90, "cid": 80}


def s50_overlap_grows_while_it_is_not_sure(url):
    it = client(url)
    skill = it.create_skill(tc.Skill(name=f"sees {uuid.uuid4()}", public_requester_description={"EN": "x"}))
    for user, value in PEOPLE.items():
        it.set_user_skill(skill_id=skill.id, user_id=user, value=decimal.Decimal(value))
    config = DynamicOverlapConfig(
        type="BASIC",
        max_overlap=3,
        min_confidence=0.9,
        answer_weight_skill_id=skill.id,
        fields=[DynamicOverlapConfig.Field(name="result")],
    )
    one = tc.Pool.Defaults(default_overlap_for_new_task_suites=1, default_overlap_for_new_tasks=1)
    pool = a_pool(it, mixer_config=ONE, dynamic_overlap_config=config, defaults=one)
    task = it.create_task(a_task(pool))
    it.open_pool(pool.id)
    seen = []
    for user, said in (("ann", "cat"), ("bob", "dog"), ("cid", "dog")):
        submit(url, given(url, pool, user), said).raise_for_status()
        now = it.get_task(task.id)
        seen.append((now.overlap, now.remaining_overlap))
    assert seen == [(2, 1), (3, 1), (3, 0)]
    assert it.get_pool(pool.id).dynamic_overlap_config == config
