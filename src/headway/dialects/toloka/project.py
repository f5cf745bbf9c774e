"""Our records in Toloka's shapes; pure. Times are naive UTC with three digits, ids 24 hex digits."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from headway.clock import SECOND
from headway.dialects.toloka.refuse import word
from headway.ids import show
from headway.model.assignments import Assignment, AssignmentStatus
from headway.model.labelling_projects import Project
from headway.model.operations import Detail, Phase
from headway.model.pool_operations import PoolOperation
from headway.model.pools import Pool
from headway.model.skills import Skill, UserSkill
from headway.model.solutions import Solution
from headway.model.specs import FieldSpec, spec_of
from headway.model.tasks import Task
from headway.views.assignments import Shown
from headway.views.pool_operations import Item
from headway.views.tasks import ShownSuite
from headway.views.work import Work

STATUS = {
    Phase.ACCEPTED: "PENDING",
    Phase.QUEUED: "PENDING",
    Phase.RUNNING: "RUNNING",
    Phase.SUCCEEDED: "SUCCESS",
    Phase.FAILED: "FAIL",
    Phase.CANCELLED: "FAIL",
}
PHASES = {
    "PENDING": (Phase.ACCEPTED, Phase.QUEUED),
    "RUNNING": (Phase.RUNNING, Phase.RUNNING),
    "SUCCESS": (Phase.SUCCEEDED, Phase.SUCCEEDED),
    "FAIL": (Phase.FAILED, Phase.CANCELLED),
}
"""The other way round: from which phase to which."""
BATCHES = {"task.batch_create": "TASK", "task_suite.batch_create": "TASK_SUITE"}
GENERATE = "known_solutions.generate"
INVALID = "validation-error"
"""Why a batch ends whose objects are to blame; any other reason is told of each object."""
_VERBS = ("open", "close", "archive", "clone")
_PARAMETERS = {
    **{f"pool.{verb}": {"pool_id": "pool_id"} for verb in _VERBS},
    **{f"training.{verb}": {"training_id": "pool_id"} for verb in _VERBS},
    "project.archive": {"project_id": "project_id"},
}
"""What each type tells of its params, by the vendor's word: a training is a pool here."""
_CLONES = {"pool.clone": "pool_id", "training.clone": "training_id"}
_COUNTS = ("total_count", "valid_count", "not_valid_count", "success_count", "failed_count")


def time(at: int) -> str:
    """Microseconds UTC as `2026-01-02T03:04:05.678`."""
    return (
        datetime.fromtimestamp(at // 1000 / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    )


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _times(**times: int | None) -> dict[str, Any]:
    return {name: time(at) for name, at in times.items() if at is not None}


def page(items: list[dict[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """A page of a list."""
    return {"items": items, "has_more": has_more}


# -- operations ----------------------------------------------------------------------------------------------


def type_name(native: str) -> str:
    """`TASK_SUITE.BATCH_CREATE` for `task_suite.batch_create`."""
    return native.upper()


def operation(known: PoolOperation) -> dict[str, Any]:
    """An operation."""
    it = known.operation
    details = _details(known) if it.phase >= Phase.RUNNING else None
    return {
        "id": known.shown,
        "type": type_name(it.type),
        "status": STATUS[it.phase],
        "submitted": time(it.created_at),
        **_times(started=_started(known), finished=it.finished_at),
        "progress": 100 if it.phase.terminal else min(it.progress, 99),
        "parameters": _parameters(known),
        **_present(details=details),
    }


def _started(known: PoolOperation) -> int | None:
    """One that ended before it was begun has a time for it all the same."""
    it = known.operation
    return it.finished_at if it.started_at is None else it.started_at


def _parameters(known: PoolOperation) -> dict[str, Any]:
    params = msgspec.json.decode(known.operation.params)
    if known.operation.type in BATCHES:
        return params["options"]
    if known.operation.type == "solution.aggregate":
        return _aggregated(known, params)
    if known.operation.type == GENERATE:
        return _generated(known, params)
    return {word: show(params[name]) for word, name in _PARAMETERS.get(known.operation.type, {}).items()}


def _aggregated(known: PoolOperation, params: dict[str, Any]) -> dict[str, Any]:
    told = {
        "pool_id": show(params["pool_id"]),
        "pool_name": params["pool_name"],
        "project_id": show(params["project_id"]),
        "requester_id": show(known.operation.account_id),
        "algorithm": params["algorithm"],
    }
    if not params["skill_id"]:
        fields = {"input_fields": [], "missing_output_fields": []}
        return told | fields | {"aggregated_output_fields": list(params["fields"])}
    fields = [{"name": name} for name in params["fields"]]
    return told | {"aggregated_fields": fields, "answer_weight_skill_id": show(params["skill_id"])}


def _generated(known: PoolOperation, params: dict[str, Any]) -> dict[str, Any]:
    """Spelt as the vendor spells it."""
    of = params["of"]
    return {
        "pool_id": show(of["pool_id"]),
        "poolName": of["pool_name"],
        "project_id": show(of["project_id"]),
        "projectName": params["project_name"],
        "requesterId": show(known.operation.account_id),
    }


def _details(known: PoolOperation) -> dict[str, Any]:
    it, said = known.operation, known.said
    if not it.phase.terminal:
        return {}
    told: dict[str, Any] = {name: said[name] for name in _COUNTS if name in said}
    if it.detail is not None and (not told or it.detail.code != INVALID):
        return told | _why(it.detail)
    if it.type in _CLONES:
        told[_CLONES[it.type]] = show(msgspec.json.decode(it.params)["clone_id"])
    return told


def _why(detail: Detail) -> dict[str, Any]:
    return {"code": word(detail.code), "message": detail.text}


def log(known: PoolOperation, items: list[Item], request_id: str) -> list[dict[str, Any]]:
    """Everything that came of it."""
    it = known.operation
    if not it.phase.terminal:
        return []
    if it.type in BATCHES:
        return [*_of_items(known, items), *_of_openings(known)]
    failed = it.detail is not None
    output = {**_why(it.detail), "request_id": request_id} if it.detail is not None else _details(known)
    kind = type_name(it.type).replace(".", "_")
    return [{"type": kind, "success": not failed, "input": _parameters(known), "output": output}]


def _of_items(known: PoolOperation, items: list[Item]) -> list[dict[str, Any]]:
    """What is valid and was not made because of others is not told of; the client would take it for made."""
    noun, detail = BATCHES[known.operation.type], known.operation.detail
    told: list[dict[str, Any]] = []
    for it in items:
        if it.wrong:
            output: Mapping[str, Any] = {path: _worded(error) for path, error in it.wrong.items()}
            told.append({"type": f"{noun}_VALIDATE", "success": False, "input": it.given, "output": output})
        elif detail is not None and detail.code != INVALID:
            output = {"operation": _why(detail)}
            told.append({"type": f"{noun}_CREATE", "success": False, "input": it.given, "output": output})
        elif detail is None and it.became:
            output = {f"{noun.lower()}_id": show(it.became)}
            told.append({"type": f"{noun}_CREATE", "success": True, "input": it.given, "output": output})
    return told


def generated(made: list[Task]) -> list[dict[str, Any]]:
    """The log of an operation that has made control tasks: what became of which task."""
    return [
        {
            "type": "KNOWN_SOLUTION_CREATE",
            "success": True,
            "input": {"pool_id": show(it.pool_id), "origin_task_id": it.content["origin_task_id"]},
            "output": {"task_id": show(it.id)},
        }
        for it in made
    ]


def _worded(error: Mapping[str, str]) -> dict[str, str]:
    return {"code": word(error["code"]), "message": error["message"]}


def _of_openings(known: PoolOperation) -> list[dict[str, Any]]:
    return [
        {
            "type": "POOL_OPEN",
            "success": "code" not in it,
            "input": {"pool_id": show(it["pool_id"])},
            "output": {**_worded(it), "request_id": known.shown} if "code" in it else {},
        }
        for it in known.said.get("opened", [])
    ]


# -- projects and pools --------------------------------------------------------------------------------------


def owner(account_id: int) -> dict[str, Any]:
    """Whose something is: the asker's, since nobody sees anything else."""
    return {"id": show(account_id), "myself": True}


def project(it: Project) -> dict[str, Any]:
    """A labelling project: what was said of it, and what we know."""
    return {
        **it.said,
        "id": show(it.id),
        "status": it.status.name,
        "created": time(it.created_at),
        "owner": owner(it.owner_id),
    }


def pool(it: Pool) -> dict[str, Any]:
    """A pool or a training: what was said of it, and what we know."""
    return {
        **it.said,
        "id": show(it.id),
        "project_id": show(it.project_id),
        "status": it.status.name,
        "type": it.kind.name,
        "created": time(it.created_at),
        "owner": owner(it.owner_id),
        **_times(last_started=it.last_started_at, last_stopped=it.last_stopped_at),
        **_present(last_close_reason=it.close_reason or None),
    }


# -- tasks and suites ----------------------------------------------------------------------------------------


def _overlap(overlap: int | None, remaining: int | None) -> dict[str, Any]:
    """Both halves of the pair: the client takes no other."""
    return {
        "overlap": overlap,
        "infinite_overlap": overlap is None,
        **_present(remaining_overlap=remaining),
    }


def task(it: Task) -> dict[str, Any]:
    """A task with all that its owner knows of it."""
    return {
        **it.content,
        "id": show(it.id),
        "pool_id": show(it.pool_id),
        "created": time(it.created_at),
        **_overlap(it.overlap, it.remaining),
    }


def suite(shown: ShownSuite) -> dict[str, Any]:
    """A suite with its tasks."""
    it = shown.suite
    return {
        **it.said,
        "id": show(it.id),
        "pool_id": show(it.pool_id),
        "tasks": [{**one.content, "id": show(one.id)} for one in shown.tasks],
        "mixed": it.mixed,
        "automerged": False,
        "created": time(it.created_at),
        **_overlap(it.overlap, it.remaining),
    }


# -- assignments ---------------------------------------------------------------------------------------------


def assignment(shown: Shown) -> dict[str, Any]:
    """An assignment as the owner of its pool sees it."""
    tasks = [{**one.content, "id": show(one.id), "pool_id": show(one.pool_id)} for one in shown.tasks]
    return {**_assignment(shown.assignment, mixed=shown.mixed), "tasks": tasks}


def work(shown: Shown, hidden: frozenset[str], *, now: int) -> dict[str, Any]:
    """An assignment as the one sees it who works on it: nothing of what is known already, and no hidden fields.

    Of one that is active also how long that is still so: clocks differ.
    """
    it = shown.assignment
    left = None if it.status is not AssignmentStatus.ACTIVE or it.due_at is None else it.due_at - now
    tasks = [
        {
            "id": show(one.id),
            "pool_id": show(one.pool_id),
            "input_values": {
                name: value for name, value in one.content["input_values"].items() if name not in hidden
            },
        }
        for one in shown.tasks
    ]
    limit = _present(seconds_left=None if left is None else max(0, left // SECOND))
    return {**_assignment(it, mixed=shown.mixed), **limit, "tasks": tasks}


def job(it: Work) -> dict[str, Any]:
    """An open pool as those see it who work in it: what is said to them, and what there is for one of them."""
    pool, project = it.pool, it.project.said
    return {
        "id": show(pool.id),
        **{name: project.get(name) or "" for name in ("public_name", "public_description")},
        "reward_per_assignment": pool.terms.reward_per_assignment,
        "assignment_max_duration_seconds": pool.terms.assignment_max_duration_seconds,
        "may_contain_adult_content": pool.said.get("may_contain_adult_content") is True,
        "left": it.left,
        "left_or_more": it.is_more,
        "in_hand": it.in_hand,
    }


def job_in_full(it: Work) -> dict[str, Any]:
    """The same with how it is done: instructions, and the fields of tasks and answers; hidden ones are not told of."""
    spec = spec_of(it.pool.spec)
    return {
        **job(it),
        "public_instructions": it.project.said.get("public_instructions") or "",
        "input_spec": {name: _field(one) for name, one in spec.input_spec.items() if not one.hidden},
        "output_spec": {name: _field(one) for name, one in spec.output_spec.items()},
    }


def _field(it: FieldSpec) -> dict[str, Any]:
    said = {name: getattr(it, name) for name in FieldSpec.__struct_fields__ if name != "hidden"}
    return _present(**said, labels=it.labels)


def _assignment(it: Assignment, *, mixed: bool) -> dict[str, Any]:
    solutions = None if it.solutions is None else msgspec.json.decode(it.solutions)
    return {
        "id": show(it.id),
        "task_suite_id": show(it.suite_id),
        "pool_id": show(it.pool_id),
        "user_id": it.user_id,
        "status": it.status.name,
        "reward": it.reward,
        "mixed": mixed,
        "automerged": False,
        "owner": owner(it.owner_id),
        **_times(
            created=it.created_at,
            submitted=it.submitted_at,
            accepted=it.accepted_at,
            rejected=it.rejected_at,
            skipped=it.skipped_at,
            expired=it.expired_at,
        ),
        **_present(solutions=solutions, public_comment=it.public_comment or None),
    }


def solution(it: Solution) -> dict[str, Any]:
    """What several answers to a task come to."""
    return {
        "pool_id": show(it.pool_id),
        "task_id": show(it.task_id),
        "confidence": it.confidence,
        "output_values": it.values,
    }


# -- skills --------------------------------------------------------------------------------------------------


def skill(it: Skill) -> dict[str, Any]:
    """A skill."""
    return {**it.said, "id": show(it.id), "created": time(it.created_at)}


def user_skill(it: UserSkill) -> dict[str, Any]:
    """How far somebody has a skill."""
    return {
        "id": show(it.id),
        "skill_id": show(it.skill_id),
        "user_id": it.user_id,
        "value": round(it.value),
        "exact_value": it.value,
        "created": time(it.created_at),
        "modified": time(it.modified_at),
    }
