"""Tasks and task suites: what people are asked, how many of them, and which of them.

A task is general, or it has known solutions: then it is a control task, or with a hint a training task. A suite is
what somebody is given at once. In a pool that mixes, tasks are uploaded and suites come about when somebody asks for
work; in every other pool suites are uploaded, each with its tasks.
"""

import enum
from collections.abc import Mapping
from typing import Any

import msgspec

from headway.model.fields import Errors, FieldError, Reader
from headway.model.pools import OVERLAP_MAX, Pool, PoolKind, PoolStatus
from headway.model.specs import check_only_given, check_values, spec_of

ORDER_MAX = 99_999.99999
TASKS_PER_SUITE_MAX = 1000
RESTRICTED_MAX = 10_000
_CONTENT = (
    "input_values",
    "known_solutions",
    "message_on_unknown_solution",
    "baseline_solutions",
    "reserved_for",
    "unavailable_for",
    "traits_all_of",
    "traits_any_of",
    "traits_none_of_any",
    "origin_task_id",
)
"""What of a task is kept; anything else that comes with it is not."""
_ABOUT = ("reserved_for", "unavailable_for", "issuing_order_override", "latitude", "longitude")
"""The same of a suite."""


class Kind(enum.IntEnum):
    """The numbers are stored."""

    GENERAL = 0
    CONTROL = 1
    TRAINING = 2


class Task(msgspec.Struct, frozen=True):
    """One task. Field order is column order."""

    id: int
    pool_id: int
    suite_id: int | None
    """The suite that it was uploaded in; None in a pool that mixes."""
    kind: Kind
    overlap: int | None
    """To how many people it is given; None for any number."""
    issued: int
    """To how many it has been given, those left out who gave it back."""
    body: str
    """JSON of its content."""
    created_at: int
    batch: int
    """The operation that made it, or 0."""

    @property
    def content(self) -> dict[str, Any]:
        """Its content."""
        return msgspec.json.decode(self.body)

    @property
    def remaining(self) -> int | None:
        """To how many more people it will be given; None for any number."""
        return None if self.overlap is None else max(0, self.overlap - self.issued)


class TaskSuite(msgspec.Struct, frozen=True):
    """One suite. Field order is column order."""

    id: int
    pool_id: int
    task_ids: tuple[int, ...]
    overlap: int | None
    issued: int
    mixed: bool
    """Whether it came about by mixing."""
    turn: float
    """Suites with a lower one are given out first."""
    body: str
    """JSON of what else was said of it."""
    created_at: int
    batch: int

    @property
    def said(self) -> dict[str, Any]:
        """What else was said of it."""
        return msgspec.json.decode(self.body)

    @property
    def remaining(self) -> int | None:
        """To how many more people it will be given; None for any number."""
        return None if self.overlap is None else max(0, self.overlap - self.issued)


class NewTask(msgspec.Struct, frozen=True):
    """A task that may be made."""

    pool_id: int
    kind: Kind
    overlap: int | None
    body: str


class NewSuite(msgspec.Struct, frozen=True):
    """A suite that may be made."""

    pool_id: int
    overlap: int | None
    turn: float
    body: str
    tasks: tuple[NewTask, ...]


def kind_of(content: Mapping[str, Any]) -> Kind:
    """What kind of task has this content."""
    if not content.get("known_solutions"):
        return Kind.GENERAL
    return Kind.TRAINING if content.get("message_on_unknown_solution") else Kind.CONTROL


def open_to(user_id: str, content: Mapping[str, Any]) -> bool:
    """Whether something may be given to that person: who may have it may be said, and who may not."""
    reserved, unavailable = content.get("reserved_for"), content.get("unavailable_for")
    return (not reserved or user_id in reserved) and user_id not in (unavailable or ())


class Rules(msgspec.Struct, frozen=True):
    """By what new objects are checked: the pools that are named in them, and whether a pool's defaults will do."""

    pools: Mapping[str, Pool]
    """By the ids that people see."""
    allow_defaults: bool


def checked_task(given: Any, rules: Rules) -> NewTask | Errors:
    """A task for a pool that mixes; or everything that is wrong with it."""
    errors: Errors = {}
    if not isinstance(given, dict):
        return {"task": FieldError("object-expected", "Value must be an object")}
    reader = Reader(given, errors)
    pool = _pool(reader, rules)
    if pool is not None and pool.terms.mixer_config is None:
        reader.wrong("pool_id", "mixer-config-required", "Tasks go into pools that mix; this one has suites")
    _check_task(reader, pool)
    if pool is not None and pool.kind is PoolKind.TRAINING:
        for name in ("known_solutions", "message_on_unknown_solution"):
            if not given.get(name):
                reader.wrong(name, "value-required", "A training has training tasks only")
    overlap = _overlap(reader, pool, rules, tasks=True)
    return errors or NewTask(pool.id if pool else 0, kind_of(given), overlap, _kept(given, _CONTENT))


def checked_suite(given: Any, rules: Rules) -> NewSuite | Errors:
    """A suite with its tasks; or everything that is wrong with it."""
    errors: Errors = {}
    if not isinstance(given, dict):
        return {"task_suite": FieldError("object-expected", "Value must be an object")}
    reader = Reader(given, errors)
    pool = _pool(reader, rules)
    if pool is not None and pool.terms.mixer_config is not None:
        reader.wrong("pool_id", "pool-task-type-conflict", "This pool mixes suites by itself; it takes tasks")
    tasks = reader.objects("tasks", required=True, least=1)
    if len(tasks) > TASKS_PER_SUITE_MAX:
        reader.wrong(
            "tasks", "array-size-greater-than-max", f"A suite has at most {TASKS_PER_SUITE_MAX} tasks"
        )
    for task in tasks:
        _check_task(task, pool)
        if task.has("baseline_solutions"):
            task.wrong("baseline_solutions", "value-not-allowed", "Possible in pools that mix only")
    _check_restrictions(reader)
    order = reader.number("issuing_order_override", float("-inf"), float("inf"))
    if order is not None and abs(order) > ORDER_MAX:
        reader.wrong("issuing_order_override", "value-out-of-bounds", f"At most {ORDER_MAX} either way")
    reader.number("latitude", -90, 90)
    reader.number("longitude", -180, 180)
    overlap = _overlap(reader, pool, rules, tasks=False)
    if errors or pool is None:
        return errors
    made = tuple(NewTask(pool.id, kind_of(task.given), None, _kept(task.given, _CONTENT)) for task in tasks)
    return NewSuite(pool.id, overlap, -(order or 0), _kept(given, _ABOUT), made)


def checked_change(given: dict[str, Any], pool: Pool, errors: Errors) -> dict[str, Any]:
    """What of a task's content is to be other than it is; what is wrong is told."""
    names = ("known_solutions", "message_on_unknown_solution", "baseline_solutions")
    reader = Reader(given, errors)
    _check_solutions(reader, pool)
    return {name: given[name] for name in names if name in given}


def changed_overlap(given: dict[str, Any], errors: Errors, *, least: int = 1) -> int | None:
    """To how many people something is to be given from now on, None for any number; what is wrong is told.

    One half of the pair clears the other.
    """
    reader = Reader(given, errors)
    infinite, overlap = reader.flag("infinite_overlap"), reader.integer("overlap", least, OVERLAP_MAX)
    if infinite and overlap is not None:
        reader.wrong("overlap", "value-not-allowed", "Not together with infinite_overlap")
    if not infinite and overlap is None:
        reader.wrong("overlap", "value-required", "Value must be present and not equal to null")
    return None if infinite else overlap


def _pool(reader: Reader, rules: Rules) -> Pool | None:
    shown = reader.text("pool_id", required=True)
    if shown is None:
        return None
    pool = rules.pools.get(shown)
    if pool is None:
        reader.wrong("pool_id", "entity-does-not-exist", "There is no such pool")
    elif pool.status is PoolStatus.ARCHIVED:
        reader.wrong("pool_id", "pool-inappropriate-status", "The pool is archived")
    return pool


def _check_task(reader: Reader, pool: Pool | None) -> None:
    values = reader.object("input_values", required=True)
    if values is not None and pool is not None:
        fields = spec_of(pool.spec).input_spec
        check_values(values.given, fields, reader.path_of("input_values"), reader.errors)
    _check_solutions(reader, pool)
    _check_restrictions(reader)


def _check_solutions(reader: Reader, pool: Pool | None) -> None:
    for name, weight in (
        ("known_solutions", "correctness_weight"),
        ("baseline_solutions", "confidence_weight"),
    ):
        for solution in reader.objects(name):
            values = solution.object("output_values", required=True)
            if values is not None and pool is not None:
                fields = spec_of(pool.spec).output_spec
                check_only_given(values.given, fields, solution.path_of("output_values"), reader.errors)
            solution.share(weight)
    reader.text("message_on_unknown_solution")


def _check_restrictions(reader: Reader) -> None:
    for name in ("reserved_for", "unavailable_for"):
        users = reader.array(name)
        if not users:
            continue
        if not all(isinstance(user, str) for user in users):
            reader.wrong(name, "string-expected", "Every element must be a string")
        elif len(set(users)) < len(users):
            reader.wrong(name, "duplicate-value-in-array", "No element may be there twice")
        elif len(users) > RESTRICTED_MAX:
            reader.wrong(name, "array-size-greater-than-max", f"At most {RESTRICTED_MAX} elements")


def _overlap(reader: Reader, pool: Pool | None, rules: Rules, *, tasks: bool) -> int | None:
    infinite, overlap = reader.flag("infinite_overlap"), reader.integer("overlap", 1, OVERLAP_MAX)
    if infinite and reader.has("overlap"):
        return reader.wrong("overlap", "value-not-allowed", "Not together with infinite_overlap")
    if infinite or overlap is not None or reader.has("overlap"):
        return overlap
    if not rules.allow_defaults:
        return reader.wrong("overlap", "value-required", "Value must be present and not equal to null")
    if tasks and kind_of(reader.given) is not Kind.GENERAL:
        return None
    return None if pool is None else _default(reader, pool, tasks=tasks)


def _default(reader: Reader, pool: Pool, *, tasks: bool) -> int | None:
    defaults = pool.terms.defaults
    suites = defaults.default_overlap_for_new_task_suites if defaults else None
    found = (defaults.default_overlap_for_new_tasks if defaults and tasks else None) or suites
    if found is None:
        reader.wrong("overlap", "value-required", "The pool has no default")
    return found


def _kept(given: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return msgspec.json.encode({name: given[name] for name in names if given.get(name) is not None}).decode()
