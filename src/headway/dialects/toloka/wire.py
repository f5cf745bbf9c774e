"""Its JSON. What people say of projects, pools, tasks and answers is kept and told as it was said: an object."""

from typing import Any

import msgspec

OBJECT = dict[str, Any]
"""Something of which more may be said than we know."""
OBJECTS = OBJECT | list[OBJECT]
"""One, or many."""
OPERATIONS_LOG = list[OBJECT]
"""Each with `type`, `success`, `input` and `output`."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. Times are UTC, `2026-01-02T03:04:05.678`."""

    id: str
    type: str
    status: str
    """PENDING, RUNNING, SUCCESS, or FAIL."""
    submitted: str
    started: str | msgspec.UnsetType = msgspec.UNSET
    finished: str | msgspec.UnsetType = msgspec.UNSET
    progress: int
    parameters: dict[str, Any]
    details: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Operations(msgspec.Struct, frozen=True):
    """A page of operations."""

    items: list[Operation]
    has_more: bool


class Page(msgspec.Struct, frozen=True):
    """A page of anything else."""

    items: list[dict[str, Any]]
    has_more: bool
    """Whether there is at least one more."""


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused."""

    request_id: str
    code: str
    message: str
    payload: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """Of wrong fields: what is wrong with each, by its path."""
