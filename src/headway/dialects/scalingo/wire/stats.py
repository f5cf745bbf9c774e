"""What is measured, on the wire."""

import msgspec


class ContainerStats(msgspec.Struct, kw_only=True):
    """One container now. All but `cpu_usage` are bytes; limits are never 0, since the CLI divides by them."""

    id: str
    """Its label."""
    cpu_usage: int
    """In percent of one core."""
    memory_usage: int
    memory_limit: int
    highest_memory_usage: int
    swap_usage: int
    swap_limit: int
    highest_swap_usage: int


class StatsReply(msgspec.Struct):
    """Every container that runs."""

    stats: list[ContainerStats]


class Point(msgspec.Struct):
    """A value for the time that begins at `time`."""

    time: str
    value: float
