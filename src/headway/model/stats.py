"""What is measured of apps, pure: single samples and requests are added up to slices of time, slices become series."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import msgspec

from headway.clock import SECOND
from headway.errors import Invalid
from headway.model.one_offs import is_one_off

SAMPLE_SECONDS = 10
FINE_SECONDS, COARSE_SECONDS = 60, 900
"""A slice is one minute for the newest hours, and a quarter of an hour for the rest."""
FINE_HOURS, KEPT_HOURS = 3, 72

CLASSES = ("1XX", "2XX", "3XX", "4XX", "5XX")
ALL = "all"
STATISTICS = {"media": None, "p95": 0.95, "p99": 0.99}
"""What can be told of response times; `media` is their mean."""
_GROWTH = math.log(1.1)
"""Response times are counted in classes, each a tenth longer than the one before."""


class Load(msgspec.Struct, frozen=True, array_like=True):
    """What one container used, added up over some samples."""

    samples: int
    cpu: float
    """In percent of one core."""
    memory: float
    """In bytes, like swap."""
    swap: float

    def plus(self, other: Self) -> "Load":
        """Both together."""
        return Load(
            self.samples + other.samples,
            self.cpu + other.cpu,
            self.memory + other.memory,
            self.swap + other.swap,
        )


class Traffic(msgspec.Struct, frozen=True, array_like=True):
    """Requests to one app, counted."""

    statuses: dict[int, int]
    """How many were answered with 1xx, 2xx, …; 0 is those that got no answer."""
    times: dict[int, int]
    """How many took how long, by class of time."""
    milliseconds: int
    """How long all took together."""

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self.statuses.values())

    def plus(self, other: Self) -> "Traffic":
        """Both together."""
        return Traffic(
            _sum(self.statuses, other.statuses),
            _sum(self.times, other.times),
            self.milliseconds + other.milliseconds,
        )


NO_TRAFFIC = Traffic({}, {}, 0)


class Slice(msgspec.Struct, frozen=True, array_like=True):
    """What one app used and answered in a piece of time."""

    loads: dict[str, Load] = {}
    """By label."""
    traffic: Traffic = NO_TRAFFIC

    def plus(self, other: Self) -> "Slice":
        """Both together."""
        labels = self.loads.keys() | other.loads.keys()
        loads = {label: _either(self.loads.get(label), other.loads.get(label)) for label in sorted(labels)}
        return Slice(loads, self.traffic.plus(other.traffic))


class Point(msgspec.Struct, frozen=True):
    """A value for the time that begins at `at`, in microseconds UTC."""

    at: int
    value: float


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which series somebody wants; what does not concern the metric is not looked at."""

    metric: str
    type: str = ""
    index: int | None = None
    status: str = ALL
    statistic: str = "p95"


def requests(answered: Sequence[tuple[int, int]]) -> Slice:
    """Requests, each with its status and the milliseconds that it took."""
    statuses = Counter(status // 100 for status, _ in answered)
    times = Counter(_class(milliseconds) for _, milliseconds in answered)
    return Slice(traffic=Traffic(dict(statuses), dict(times), sum(it for _, it in answered)))


def sample(label: str, cpu: float, memory: int, swap: int) -> Slice:
    """One look at a container."""
    return Slice({label: Load(1, cpu, memory, swap)})


def start(at: int, seconds: int) -> int:
    """When the slice of so many seconds began in which `at` lies."""
    return at - at % (seconds * SECOND)


Of = dict[tuple[int, int], Slice]
"""Slices of a minute by app and start."""


def key(app_id: int, at: int) -> tuple[int, int]:
    """Of the slice of an app in whose minute `at` lies."""
    return app_id, start(at, FINE_SECONDS)


def add(slices: Of, key: tuple[int, int], more: Slice) -> None:
    """Add to a slice of a minute."""
    slices[key] = slices[key].plus(more) if key in slices else more


def step(hours: int) -> int:
    """How many seconds a point stands for in a series that goes back so many hours."""
    return FINE_SECONDS if hours <= FINE_HOURS else COARSE_SECONDS


def checked(wanted: Wanted) -> Wanted:
    """The same; Invalid where there is no such metric, status class or statistic."""
    asked = (
        ("metrics", wanted.metric, METRICS),
        ("status_code", wanted.status, (*CLASSES, ALL)),
        ("statistics_type", wanted.statistic, STATISTICS),
    )
    if wrong := {name: known for name, given, known in asked if given not in known}:
        raise Invalid(**{name: f"should be one of {', '.join(known)}" for name, known in wrong.items()})
    return wanted


def series(slices: Iterable[tuple[int, Slice]], wanted: Wanted, seconds: int, now: int) -> list[Point]:
    """A point for each slice of so many seconds that says something of what is wanted, in their order.

    Requests are left out of a minute that is not over; a longer slice counts for as long as it has lasted.
    """
    found: list[Point] = []
    for at, one in slices:
        lasted = min(seconds, (now - at) / SECOND)
        if lasted < FINE_SECONDS and wanted.metric not in OF_CONTAINERS:
            continue
        if (value := _value(one, wanted, lasted / 60)) is not None:
            found.append(Point(at, value))
    return found


def recommended(points: Sequence[Point], wanted: Wanted, memory_bytes: int) -> float:
    """What a container type or an app stays below most of the time (95 of 100 points); a usual value if none is known."""
    if points:
        return sorted(point.value for point in points)[math.ceil(0.95 * len(points)) - 1]
    return {"memory": 0.8 * memory_bytes, "swap": 0.1 * memory_bytes}.get(wanted.metric) or METRICS[
        wanted.metric
    ]


METRICS: Mapping[str, float] = {
    "cpu": 80,
    "memory": 0,
    "swap": 0,
    "router": 1000,
    "requests": 500,
    "5XX": 5,
    "all": 1000,
    "rpm_per_container": 200,
    "p95_response_time": 500,
}
"""What is measured, and what is recommended where nothing has been."""
OF_CONTAINERS = frozenset({"cpu", "memory", "swap"})


def _value(one: Slice, wanted: Wanted, minutes: float) -> float | None:
    traffic = one.traffic
    match wanted.metric:
        case "router":
            return _count(traffic, wanted.status) / minutes
        case "all" | "5XX":
            return _count(traffic, wanted.metric) / minutes
        case "rpm_per_container":
            containers = sum(label.startswith("web-") for label in one.loads)
            return traffic.count / minutes / max(1, containers)
        case "requests":
            return _time(traffic, STATISTICS[wanted.statistic])
        case "p95_response_time":
            return _time(traffic, STATISTICS["p95"])
        case _:
            return _mean(one.loads, wanted)


def _mean(loads: Mapping[str, Load], wanted: Wanted) -> float | None:
    means = [
        getattr(load, wanted.metric) / load.samples
        for label, load in loads.items()
        if load.samples and _is_of(label, wanted)
    ]
    return sum(means) / len(means) if means else None


def _is_of(label: str, wanted: Wanted) -> bool:
    if not wanted.type:
        return not is_one_off(label)
    type_name, _, index = label.rpartition("-")
    return type_name == wanted.type and wanted.index in {None, int(index)}


def _count(traffic: Traffic, status: str) -> int:
    return traffic.count if status == ALL else traffic.statuses.get(int(status[0]), 0)


def _time(traffic: Traffic, share: float | None) -> float | None:
    """In milliseconds: the mean, or the time that this share of the requests did not exceed, to a twentieth."""
    if not traffic.count:
        return None
    if share is None:
        return traffic.milliseconds / traffic.count
    left = share * traffic.count
    for its_class, count in sorted(traffic.times.items()):
        left -= count
        if left <= 0:
            return _middle(its_class)
    return None


def _class(milliseconds: int) -> int:
    return 0 if milliseconds <= 0 else 1 + int(math.log(milliseconds) / _GROWTH)


def _middle(its_class: int) -> float:
    return 0 if its_class == 0 else math.exp((its_class - 0.5) * _GROWTH)


def _sum(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted(one.keys() | other.keys())}


def _either(one: Load | None, other: Load | None) -> Load:
    if one is None or other is None:
        found = one or other
        assert found is not None
        return found
    return one.plus(other)
