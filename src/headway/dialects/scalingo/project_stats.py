"""What is measured, in Scalingo's words: pure."""

from headway.dialects.scalingo import project
from headway.dialects.scalingo.wire import stats as wire
from headway.domain.stats.meter import Reading
from headway.model.stats import Point


def now(it: Reading) -> wire.ContainerStats:
    """One container now. Its limit of swap is told as with its size."""
    usage = it.usage
    return wire.ContainerStats(
        id=usage.label,
        cpu_usage=round(it.cpu_percent),
        memory_usage=usage.memory_bytes,
        memory_limit=usage.memory_limit_bytes,
        highest_memory_usage=usage.memory_highest_bytes,
        swap_usage=usage.swap_bytes,
        swap_limit=usage.memory_limit_bytes,
        highest_swap_usage=usage.swap_highest_bytes,
    )


def point(it: Point) -> wire.Point:
    """One point of a series."""
    return wire.Point(project.date(it.at), it.value)
