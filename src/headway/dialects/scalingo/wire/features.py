"""What the platform offers, on the wire."""

import msgspec


class Stack(msgspec.Struct, kw_only=True):
    """What an app is built on and runs in."""

    id: str
    name: str
    description: str
    base_image: str
    default: bool
    created_at: str
    deprecated_at: str | None = None
    """A plain date, `2024-01-31`."""


class StacksReply(msgspec.Struct):
    """All stacks."""

    stacks: list[Stack]


class Metric(msgspec.Struct, kw_only=True):
    """Something that is measured."""

    id: str
    label: str
    suffix: str
    type: str


class MetricsReply(msgspec.Struct):
    """All metrics."""

    metrics: list[Metric]
