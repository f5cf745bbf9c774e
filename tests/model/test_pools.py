"""What is said of a pool."""

from typing import Any

import msgspec
import pytest

from headway.model.fields import WrongFields
from headway.model.pools import NEXT, Pool, PoolStatus, checked_pool, with_priority
from tests.labelling import MIXER, pool_body


def wrong(**changes: Any) -> dict[str, str]:
    with pytest.raises(WrongFields) as refused:
        checked_pool(pool_body(1, **changes))
    return {path: it.code for path, it in refused.value.errors.items()}


def a_pool(**changes: Any) -> Pool:
    said = checked_pool(pool_body(1, **changes))
    return Pool(
        1, 1, 1, PoolStatus.CLOSED, said.body, "{}", said.expires_at, 0, None, None, "", None, None, 0
    )


def test_an_empty_filter_is_none() -> None:
    assert "filter" not in a_pool(filter={}).said
    assert a_pool(filter={"and": []}).said["filter"] == {"and": []}


def test_what_decides_is_read_from_what_was_said() -> None:
    terms = a_pool(mixer_config=MIXER, auto_accept_solutions=False, anything="else").terms
    assert terms.mixer_config is not None
    assert (terms.mixer_config.real_tasks_count, terms.accepts_by_itself) == (2, False)
    assert a_pool(mixer_config={}).terms.mixer_config is None


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"private_name": None}, {"private_name": "value-required"}),
        ({"will_expire": "soon"}, {"will_expire": "invalid-date-time-syntax"}),
        ({"reward_per_assignment": -1}, {"reward_per_assignment": "value-less-than-min"}),
        ({"assignment_max_duration_seconds": 4}, {"assignment_max_duration_seconds": "value-less-than-min"}),
        ({"priority": 101}, {"priority": "value-greater-than-max"}),
        ({"defaults": {}}, {"defaults.default_overlap_for_new_task_suites": "value-required"}),
        (
            {"auto_accept_solutions": False, "auto_accept_period_day": 22},
            {"auto_accept_period_day": "value-greater-than-max"},
        ),
        (
            {"mixer_config": MIXER | {"min_real_tasks_count": 3}},
            {"mixer_config.min_real_tasks_count": "value-greater-than-max"},
        ),
        (
            {"mixer_config": {"real_tasks_count": 1}},
            {
                "mixer_config.golden_tasks_count": "value-required",
                "mixer_config.training_tasks_count": "value-required",
            },
        ),
        (
            {"dynamic_overlap_config": {"type": "BASIC", "max_overlap": 1, "min_confidence": 2}},
            {
                "dynamic_overlap_config.min_confidence": "value-greater-than-max",
                "dynamic_overlap_config.answer_weight_skill_id": "value-required",
                "dynamic_overlap_config.fields": "value-required",
            },
        ),
    ],
)
def test_each_rule_is_told_at_its_path(changes: dict[str, Any], errors: dict[str, str]) -> None:
    assert wrong(**changes) == errors


def test_a_priority_changes_nothing_else() -> None:
    pool = a_pool()
    assert msgspec.json.decode(with_priority(pool, {"priority": 7})) == pool.said | {"priority": 7}
    with pytest.raises(WrongFields):
        with_priority(pool, {})


def test_an_archived_pool_stays_so() -> None:
    assert NEXT[PoolStatus.ARCHIVED] == frozenset()
    assert set(NEXT) == set(PoolStatus)
