"""From a formation to containers."""

from headway.clock import SystemClock
from headway.domain.containers.formation import arranged, merged, renewed, runnable
from headway.ids import Ids
from headway.model.apps import Container
from tests.records import AT, a_container, a_type

IDS = Ids(SystemClock())
WEB_1, WEB_2 = a_container(id=11), a_container(id=12, index=2)
WORKER = a_container(id=13, type="worker")


def labels(containers: list[Container]) -> list[str]:
    return [it.label for it in containers]


def test_each_type_has_as_many_containers_as_its_amount() -> None:
    kinds = [a_type(amount=2), a_type(id=7, name="worker", amount=1), a_type(id=8, name="clock", amount=0)]
    made = arranged(kinds, [], 8, IDS, AT)
    assert labels(made) == ["web-1", "web-2", "worker-1"]
    assert len({it.id for it in made}) == 3
    assert {(it.app_id, it.release_id, it.size, it.created_at) for it in made} == {(5, 8, "M", AT)}


def test_those_present_stay_where_the_size_agrees_whatever_their_release() -> None:
    kinds = [a_type(amount=3), a_type(name="worker", amount=1, size="L")]
    after = arranged(kinds, [WEB_1, WEB_2, WORKER], 9, IDS, AT)
    assert labels(after) == ["web-1", "web-2", "web-3", "worker-1"]
    assert after[:2] == [WEB_1, WEB_2]
    assert [it.release_id for it in after] == [8, 8, 9, 9]
    assert after[3].id != WORKER.id


def test_of_fewer_the_last_ones_go() -> None:
    assert arranged([a_type(amount=1)], [WEB_1, WEB_2, WORKER], 9, IDS, AT) == [WEB_1]


def test_an_empty_scope_renews_all() -> None:
    after = renewed([WEB_1, WORKER], set(), 9, IDS, AT + 1)
    assert labels(after) == ["web-1", "worker-1"]
    assert {(it.release_id, it.created_at) for it in after} == {(9, AT + 1)}
    assert {it.id for it in after}.isdisjoint({WEB_1.id, WORKER.id})


def test_a_scope_names_types_and_labels() -> None:
    after = renewed([WEB_1, WEB_2, WORKER], {"web-2", "worker"}, 9, IDS, AT)
    assert after[0] == WEB_1
    assert [it.release_id for it in after[1:]] == [9, 9]


def test_a_release_brings_new_types_and_the_commands_of_now() -> None:
    known = [a_type(amount=4, size="XL"), a_type(id=7, name="worker", amount=2)]
    web, worker, clock = merged(known, {"web": "serve better", "clock": "tick"}, 5, IDS)
    assert web == a_type(amount=4, size="XL", command="serve better")
    assert worker == a_type(id=7, name="worker", amount=2, command="")
    assert (clock.name, clock.amount, clock.size, clock.command) == ("clock", 0, "M", "tick")


def test_only_types_that_the_release_has_a_command_for_can_run() -> None:
    web, worker = a_type(), a_type(name="worker")
    assert runnable([web, worker], {"web": "serve"}) == [web]


def test_a_hook_is_no_type_that_could_be_scaled() -> None:
    (web,) = merged([], {"web": "serve", "postdeploy": "migrate"}, 5, IDS)
    assert web.name == "web"
