"""What containers use now, and how much of the processor since they were looked at before."""

from collections.abc import Mapping

import msgspec

from headway.clock import Clock
from headway.runtimes.port import Runtime, Usage

AGO_SECONDS = 1.0
"""A share of the processor over less than this would be a guess."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One container, as it was looked at."""

    usage: Usage
    cpu_percent: float
    """Of one core, over some seconds: two busy cores are 200."""


class _Mark(msgspec.Struct, frozen=True):
    """A container as it was looked at before."""

    at: float
    reading: Reading


class Meter:
    """Looks at the containers of this node: `sample` every some seconds, `read` whenever somebody asks."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self._runtime = runtime
        self._clock = clock
        self._marks: Mapping[str, _Mark] = {}

    async def sample(self) -> list[Reading]:
        """All containers; the next reading is measured against this one. Retry where the runtime cannot tell."""
        readings = await self._readings(await self._runtime.usage())
        now = self._clock.monotonic()
        self._marks = {it.usage.id: _Mark(now, it) for it in readings}
        return readings

    async def read(self, app_id: str) -> list[Reading]:
        """The containers of an app, one for each label: of two that share one, the newer. Retry."""
        readings = await self._readings(await self._runtime.usage(app_id))
        return list({it.usage.label: it for it in sorted(readings, key=_age)}.values())

    async def _readings(self, usages: list[Usage]) -> list[Reading]:
        now = self._clock.monotonic()
        return [_reading(usage, now, self._marks.get(usage.id)) for usage in usages]


def _age(it: Reading) -> tuple[str, str]:
    return it.usage.label, it.usage.id


def _reading(usage: Usage, now: float, mark: _Mark | None) -> Reading:
    if mark is None:
        return Reading(usage=usage, cpu_percent=0)
    before = mark.reading
    if now - mark.at < AGO_SECONDS:
        return Reading(usage=_highest(usage, before.usage), cpu_percent=before.cpu_percent)
    # It was started again meanwhile: what it has used since then is what is known.
    is_same = usage.cpu_seconds >= before.usage.cpu_seconds
    spent = usage.cpu_seconds - before.usage.cpu_seconds if is_same else usage.cpu_seconds
    percent = 100 * spent / (now - mark.at)
    return Reading(usage=_highest(usage, before.usage) if is_same else usage, cpu_percent=percent)


def _highest(usage: Usage, before: Usage) -> Usage:
    """Not every system keeps the most there ever was."""
    return msgspec.structs.replace(
        usage,
        memory_highest_bytes=max(usage.memory_highest_bytes, before.memory_highest_bytes),
        swap_highest_bytes=max(usage.swap_highest_bytes, before.swap_highest_bytes),
    )
