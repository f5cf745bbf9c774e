"""Pools: tasks of one project that are given out under the same terms.

CLOSED ──▶ OPEN        by `pool.open`, or by itself a while after it was closed for an update
OPEN ──▶ CLOSED        by `pool.close`; by itself when it expires, or when all is answered
CLOSED ──▶ ARCHIVED    by `pool.archive`; the end
"""

import enum
import functools
from typing import Any

import msgspec

from headway.model.fields import Errors, Reader, refuse_any

OVERLAP_MAX = 30_000
DURATION_MAX = (1 << 31) - 1
AUTO_CLOSE_SECONDS_MAX = 259_200
PER_SUITE_MAX = 500
REWARD_MAX = 1000
NEVER = 1 << 62
"""Of what does not expire."""
SERVER_SET = frozenset({
    "id",
    "status",
    "owner",
    "created",
    "last_started",
    "last_stopped",
    "last_close_reason",
    "type",
    "project_id",
})
"""What is ours to say, whatever is sent; the project cannot change."""


class PoolStatus(enum.IntEnum):
    """The numbers are stored."""

    CLOSED = 0
    OPEN = 1
    ARCHIVED = 2


class PoolKind(enum.IntEnum):
    """The numbers are stored."""

    REGULAR = 0
    TRAINING = 1

    @property
    def noun(self) -> str:
        """What it is called."""
        return "pool" if self is PoolKind.REGULAR else "training"


NEXT: dict[PoolStatus, frozenset[PoolStatus]] = {
    PoolStatus.CLOSED: frozenset({PoolStatus.OPEN, PoolStatus.ARCHIVED}),
    PoolStatus.OPEN: frozenset({PoolStatus.CLOSED}),
    PoolStatus.ARCHIVED: frozenset(),
}


class CloseReason(enum.StrEnum):
    """Why a pool was closed last."""

    MANUAL = "MANUAL"
    FOR_UPDATE = "FOR_UPDATE"
    COMPLETED = "COMPLETED"
    EXPIRED = "EXPIRED"


class Mixer(msgspec.Struct, frozen=True):
    """How many tasks of which kind come together when somebody asks for work."""

    real_tasks_count: int
    golden_tasks_count: int
    training_tasks_count: int
    min_real_tasks_count: int | None = None
    min_golden_tasks_count: int | None = None
    min_training_tasks_count: int | None = None
    force_last_assignment: bool | None = None
    force_last_assignment_delay_seconds: int | None = None
    mix_tasks_in_creation_order: bool | None = None
    shuffle_tasks_in_task_suite: bool | None = None


class Defaults(msgspec.Struct, frozen=True):
    """To how many people a new one is given where it does not say so itself."""

    default_overlap_for_new_task_suites: int = 1
    default_overlap_for_new_tasks: int | None = None


class DynamicOverlap(msgspec.Struct, frozen=True):
    """How sure answers are to be, and how many people are asked for that at most."""

    max_overlap: int
    min_confidence: float
    answer_weight_skill_id: str
    fields: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """Which fields of an answer count."""
        return [str(it.get("name")) for it in self.fields]


class Terms(msgspec.Struct, frozen=True):
    """What of all that is said of a pool decides what happens in it."""

    private_name: str = ""
    reward_per_assignment: float = 0
    assignment_max_duration_seconds: int = 600
    auto_accept_solutions: bool | None = None
    auto_accept_period_day: int | None = None
    auto_close_after_complete_delay_seconds: int | None = None
    defaults: Defaults | None = None
    mixer_config: Mixer | None = None
    """How suites are mixed; None where they are uploaded."""
    dynamic_overlap_config: DynamicOverlap | None = None

    @property
    def accepts_by_itself(self) -> bool:
        """Whether an answer is accepted as it comes."""
        return self.auto_accept_solutions is not False


class Pool(msgspec.Struct, frozen=True, dict=True):
    """One pool. Field order is column order."""

    id: int
    owner_id: int
    project_id: int
    status: PoolStatus
    body: str
    """JSON of everything that was said of it."""
    spec: str
    """JSON of the spec that its project had when it was made."""
    expires_at: int
    created_at: int
    last_started_at: int | None
    last_stopped_at: int | None
    close_reason: str
    """Empty while it was never closed."""
    reopen_at: int | None
    """When it opens again by itself."""
    complete_since: int | None
    """Since when all is answered, as far as somebody has looked."""
    changed_at: int
    """When anything of it or in it changed last."""
    kind: PoolKind = PoolKind.REGULAR

    @property
    def said(self) -> dict[str, Any]:
        """Everything that was said of it."""
        return msgspec.json.decode(self.body)

    @functools.cached_property
    def terms(self) -> Terms:
        """What decides what happens in it."""
        said = self.said if self.kind is PoolKind.REGULAR else as_pool(self.said)
        return msgspec.convert({**said, "mixer_config": said.get("mixer_config") or None}, Terms)


def as_pool(training: dict[str, Any]) -> dict[str, Any]:
    """What is said of a training, in the words of a pool: one that mixes training tasks and nothing else."""
    kept = ("private_name", "assignment_max_duration_seconds")
    mixer: dict[str, Any] = {"real_tasks_count": 0, "golden_tasks_count": 0}
    mixer |= {
        "training_tasks_count": training["training_tasks_in_task_suite_count"],
        "min_training_tasks_count": 1,
    }
    # A training goes by the order of its tasks where nobody says otherwise.
    mixer["mix_tasks_in_creation_order"] = training.get("mix_tasks_in_creation_order") is not False
    mixer["shuffle_tasks_in_task_suite"] = training.get("shuffle_tasks_in_task_suite")
    return {name: training[name] for name in kept} | {"mixer_config": mixer}


class CheckedPool(msgspec.Struct, frozen=True):
    """What somebody says of a pool, found to be right."""

    body: str
    expires_at: int


def checked_pool(given: dict[str, Any]) -> CheckedPool:
    """What is said of a pool; WrongFields with every error."""
    errors: Errors = {}
    reader = Reader(given, errors)
    reader.text("private_name", required=True, longest=1000)
    expires = reader.time("will_expire", required=True)
    reader.number("reward_per_assignment", 0, REWARD_MAX, required=True)
    reader.integer("assignment_max_duration_seconds", 5, DURATION_MAX, required=True)
    reader.integer("auto_close_after_complete_delay_seconds", 0, AUTO_CLOSE_SECONDS_MAX)
    reader.integer("priority", 0, 100)
    reader.flag("may_contain_adult_content")
    if reader.flag("auto_accept_solutions") is False:
        reader.integer("auto_accept_period_day", 1, 21)
    _check_defaults(reader)
    _check_mixer(reader)
    _check_dynamic_overlap(reader)
    for name in ("filter", "quality_control", "training_config", "metadata", "dynamic_pricing_config"):
        reader.object(name)
    refuse_any(errors)
    return CheckedPool(_kept(given), expires or 0)


def checked_training(given: dict[str, Any]) -> CheckedPool:
    """What is said of a training, which never expires; WrongFields with every error."""
    errors: Errors = {}
    reader = Reader(given, errors)
    reader.text("private_name", required=True, longest=1000)
    reader.integer("assignment_max_duration_seconds", 5, DURATION_MAX, required=True)
    reader.integer("training_tasks_in_task_suite_count", 1, PER_SUITE_MAX, required=True)
    reader.integer("task_suites_required_to_pass", 1, PER_SUITE_MAX)
    reader.integer("retry_training_after_days", 1, DURATION_MAX)
    for name in (
        "may_contain_adult_content",
        "mix_tasks_in_creation_order",
        "shuffle_tasks_in_task_suite",
        "inherited_instructions",
    ):
        reader.flag(name)
    reader.text("public_instructions")
    reader.object("metadata")
    refuse_any(errors)
    return CheckedPool(_kept(given), NEVER)


CHECKED = {PoolKind.REGULAR: checked_pool, PoolKind.TRAINING: checked_training}
"""How what is said of each kind is checked."""


def _kept(given: dict[str, Any]) -> str:
    # An empty filter is none, and the vendor's client cannot read it.
    kept = {
        key: value
        for key, value in given.items()
        if key not in SERVER_SET and not (key == "filter" and not value)
    }
    return msgspec.json.encode(kept).decode()


def _check_defaults(reader: Reader) -> None:
    defaults = reader.object("defaults", required=True)
    if defaults is not None:
        defaults.integer("default_overlap_for_new_task_suites", 1, OVERLAP_MAX, required=True)
        defaults.integer("default_overlap_for_new_tasks", 1, OVERLAP_MAX)


def _check_mixer(reader: Reader) -> None:
    mixer = reader.object("mixer_config")
    if mixer is None or not mixer.given:
        return
    for kind in ("real", "golden", "training"):
        count = mixer.integer(f"{kind}_tasks_count", 0, PER_SUITE_MAX, required=True)
        mixer.integer(f"min_{kind}_tasks_count", 0, PER_SUITE_MAX if count is None else count)
    for name in ("force_last_assignment", "mix_tasks_in_creation_order", "shuffle_tasks_in_task_suite"):
        mixer.flag(name)
    mixer.integer("force_last_assignment_delay_seconds", 0, 86_400)
    if not any(mixer.given.get(f"{kind}_tasks_count") for kind in ("real", "golden", "training")):
        mixer.wrong("real_tasks_count", "value-less-than-min", "A suite must have at least one task")


def _check_dynamic_overlap(reader: Reader) -> None:
    config = reader.object("dynamic_overlap_config")
    if config is None:
        return
    config.text("type", required=True, among=("BASIC",))
    most = config.integer("max_overlap", 1, OVERLAP_MAX, required=True)
    config.number("min_confidence", 0, 1, required=True)
    config.text("answer_weight_skill_id", required=True)
    for field in config.objects("fields", required=True, least=1):
        field.text("name", required=True)
    least = (reader.given.get("defaults") or {}).get("default_overlap_for_new_tasks")
    if most is not None and isinstance(least, int) and most <= least:
        config.wrong("max_overlap", "value-less-than-min", "Value must be greater than the default overlap")


def with_priority(pool: Pool, given: dict[str, Any]) -> str:
    """The body of the pool with another priority; WrongFields."""
    errors: Errors = {}
    priority = Reader(given, errors).integer("priority", 0, 100, required=True)
    refuse_any(errors)
    return msgspec.json.encode({**pool.said, "priority": priority}).decode()
