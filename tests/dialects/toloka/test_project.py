"""Our records in Toloka's shapes."""

from typing import Any

import msgspec
import pytest

from headway.dialects.toloka import project
from headway.ids import show
from headway.model.operations import Detail, Operation, Phase
from headway.model.pool_operations import PoolOperation
from headway.model.tasks import Kind, Task
from headway.views.pool_operations import Item

AT = 1_700_000_000_123_456


def known(
    type: str = "pool.open", phase: Phase = Phase.SUCCEEDED, details: Any = None, **changes: Any
) -> PoolOperation:
    begun, ended = phase >= Phase.RUNNING, phase.terminal
    params = {"pool_id": 7, "owner_id": 1, "clone_id": 8, "project_id": 9, "options": {"open_pool": True}}
    operation = Operation(
        id=1, type=type, target="pool:7", exclusive=True, phase=phase, params=msgspec.json.encode(params).decode(),
        account_id=1, owner=None, fence=1, step=0, turning_back=False, attempt=1, progress=100, cancel_requested_at=None,
        cancel_reason="", detail=None, created_at=AT, started_at=AT if begun else None, updated_at=AT,
        finished_at=AT if ended else None,
    )  # fmt: skip
    operation = msgspec.structs.replace(operation, **changes)
    return PoolOperation(operation, "shown", msgspec.json.encode(details or {}).decode())


@pytest.mark.parametrize("phase", Phase)
def test_an_operation_has_what_its_status_needs(phase: Phase) -> None:
    told = project.operation(known(phase=phase))
    assert told["status"] == project.STATUS[phase]
    assert ("started" in told) == (phase >= Phase.RUNNING)
    assert ("details" in told) == (phase >= Phase.RUNNING)
    assert ("finished" in told) == phase.terminal
    assert (told["progress"] == 100) == phase.terminal
    assert told["submitted"] == "2023-11-14T22:13:20.123"
    assert told["id"] == "shown"


def test_every_status_leads_back_to_its_phases() -> None:
    for phase, status in project.STATUS.items():
        least, most = project.PHASES[status]
        assert least <= phase <= most


def test_why_one_failed_is_in_its_details_and_its_log() -> None:
    failed = known(phase=Phase.FAILED, detail=Detail(code="empty-pool", text="empty"))
    assert project.operation(failed)["details"] == {"code": "EMPTY_POOL", "message": "empty"}
    assert project.log(failed, [], "r") == [
        {
            "type": "POOL_OPEN",
            "success": False,
            "input": {"pool_id": show(7)},
            "output": {"code": "EMPTY_POOL", "message": "empty", "request_id": "r"},
        }
    ]


def test_a_clone_says_what_it_made() -> None:
    assert project.operation(known("pool.clone"))["details"] == {"pool_id": show(8)}


GOOD, BAD = Item({"n": 1}, 5, {}), Item({"n": 2}, 0, {"x": {"code": "value-required", "message": "m"}})


def logged(it: PoolOperation) -> list[tuple[str, Any]]:
    return [(one["type"], one["output"]) for one in project.log(it, [GOOD, BAD], "r")]


def test_the_log_of_a_batch_has_what_came_of_each() -> None:
    wrong = ("TASK_VALIDATE", {"x": {"code": "VALUE_REQUIRED", "message": "m"}})
    assert logged(known("task.batch_create")) == [("TASK_CREATE", {"task_id": show(5)}), wrong]
    invalid = Detail(code=project.INVALID, text="t")
    assert logged(known("task.batch_create", Phase.FAILED, detail=invalid)) == [wrong]
    died = known("task.batch_create", Phase.FAILED, detail=Detail(code="cancelled", text="t"))
    assert logged(died) == [("TASK_CREATE", {"operation": {"code": "CANCELLED", "message": "t"}}), wrong]
    assert logged(known("task.batch_create", Phase.RUNNING)) == []


def test_the_log_of_a_batch_has_the_pools_that_it_opened() -> None:
    opened = [{"pool_id": 7}, {"pool_id": 8, "code": "empty-pool", "message": "m"}]
    found = project.log(known("task.batch_create", details={"opened": opened}), [], "r")
    assert [(it["success"], it["input"]["pool_id"]) for it in found] == [(True, show(7)), (False, show(8))]


@pytest.mark.parametrize(
    ("overlap", "told"),
    [
        (3, {"overlap": 3, "infinite_overlap": False, "remaining_overlap": 2}),
        (None, {"overlap": None, "infinite_overlap": True}),
    ],
)
def test_both_halves_of_an_overlap_agree(overlap: int | None, told: dict[str, Any]) -> None:
    found = project.task(Task(1, 7, None, Kind.GENERAL, overlap, 1, "{}", AT, 0))
    assert {name: value for name, value in found.items() if "overlap" in name} == told
