"""Labelling pools as JSON. What is made of them and in them is asked for in Toloka's dialect."""

import msgspec


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """One pool."""

    id: str
    project: str
    name: str
    status: str
    """closed, open, or archived."""
    close_reason: str
    """manual, expired, completed, for-update, …; empty while it was never closed."""
    reward: float
    """For one assignment."""
    priority: int
    expires_at: str
    created_at: str
    started_at: str | None
    """When it was opened last."""
    stopped_at: str | None
    reopens_at: str | None
    """When it opens again by itself; null where it does not."""
    links: dict[str, str]
    """Paths: self; open, close, archive where they may be asked for now; operations about it."""


class Pools(msgspec.Struct, frozen=True, kw_only=True):
    """A page of pools."""

    pools: list[Pool]
    next: str | None
    """What `?cursor=` takes for the next page; null on the last one."""
