"""Which tasks come together."""

import random

from headway.domain.assignments.mix import mixed, wanted
from headway.model.pools import Mixer
from headway.model.tasks import Kind, Task


def tasks(kind: Kind, *ids: int) -> list[Task]:
    return [Task(id, 1, None, kind, 1, 0, "{}", 0, 0) for id in ids]


FREE = {
    Kind.GENERAL: tasks(Kind.GENERAL, 1, 2, 3, 4),
    Kind.CONTROL: tasks(Kind.CONTROL, 11, 12),
    Kind.TRAINING: tasks(Kind.TRAINING, 21),
}


def ids(mixer: Mixer, *, short: bool = False, **fewer: list[Task]) -> list[int] | None:
    free = FREE | {Kind[name]: them for name, them in fewer.items()}
    found = mixed(mixer, free, random.Random(1), may_be_short=short)
    return None if found is None else [it.id for it in found]


def test_as_many_of_each_kind_as_it_says_in_the_order_in_which_they_were_made() -> None:
    mixer = Mixer(2, 1, 1, mix_tasks_in_creation_order=True, shuffle_tasks_in_task_suite=False)
    assert ids(mixer) == [21, 11, 1, 2]


def test_else_some_of_them_in_some_order_and_the_same_lot_draws_the_same() -> None:
    mixer = Mixer(3, 1, 0)
    found = ids(mixer)
    assert found is not None
    assert (len(found), found) == (4, ids(mixer))


def test_there_are_always_enough_control_and_training_tasks() -> None:
    assert ids(Mixer(1, 1, 0), short=True, CONTROL=[]) is None
    assert ids(Mixer(1, 1, 0, min_golden_tasks_count=0), CONTROL=[]) is not None


def test_only_the_last_general_tasks_make_a_short_suite() -> None:
    one = tasks(Kind.GENERAL, 1)
    assert ids(Mixer(2, 0, 0), GENERAL=one) is None
    assert ids(Mixer(2, 0, 0), short=True, GENERAL=one) == [1]
    assert ids(Mixer(2, 0, 0, min_real_tasks_count=1), GENERAL=one) == [1]
    assert ids(Mixer(2, 0, 0), short=True, GENERAL=[]) is None


def test_where_no_minimum_is_said_it_is_the_count() -> None:
    assert wanted(Mixer(2, 1, 0, min_real_tasks_count=1), Kind.GENERAL) == (1, 2)
    assert wanted(Mixer(2, 1, 0), Kind.CONTROL) == (1, 1)
