"""The JSON of webhooks, field for field."""

import msgspec

from headway.dialects.headway.wire import Event


class Create(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new webhook."""

    url: str
    events: list[str] = msgspec.field(default_factory=lambda: ["*"])
    """Names, `operation.*`, or `*`."""


class Replay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tell again what is behind an event."""

    after: int


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook."""

    id: str
    url: str
    events: list[str]
    reached: int
    """Up to which event its deliveries were made."""
    created_at: str
    failing_since: str | None
    disabled_at: str | None
    disabled_why: str
    secret: str | msgspec.UnsetType = msgspec.UNSET
    """Only where it is new."""


class Webhooks(msgspec.Struct, frozen=True, kw_only=True):
    """All of an account."""

    webhooks: list[Webhook]


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One event that a webhook was or is to be told."""

    id: str
    message: str
    """Its `webhook-id`."""
    seq: int
    name: str
    state: str
    """waiting, delivered, or given-up."""
    attempts: int
    created_at: str
    next_at: str | None
    ended_at: str | None
    last_status: int | None
    last_error: str


class Deliveries(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deliveries, newest first."""

    deliveries: list[Delivery]
    next: str | None
    """What `?cursor=` takes for the next page; null on the last one."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook is sent."""

    type: str
    timestamp: str
    data: Event
