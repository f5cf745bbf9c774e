"""The JSON of workers, field for field."""

import msgspec


class Create(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new worker."""

    name: str
    """Letters, digits, dots, hyphens, underscores and @: the `user_id` of their answers."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers tasks in the pools of an account."""

    name: str
    created_at: str
    last_used_at: str | None
    """When their token was last used, to the minute."""
    token: str | msgspec.UnsetType = msgspec.UNSET
    """Only where it is new."""


class Workers(msgspec.Struct, frozen=True, kw_only=True):
    """A page of workers, oldest first."""

    workers: list[Worker]
    next: str | None
    """What `?cursor=` takes for the next page; null on the last one."""
