"""Tasks that an app runs by the clock: when each is due, how late it may begin, and how long it may take. All is UTC.

What counts as a line of cron, and when it is due, the library says; the bounds around it are here.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile

import msgspec
from cronsim import CronSim, CronSimError

from headway.clock import SECOND
from headway.errors import Invalid
from headway.model.one_offs import COMMAND_LENGTH_MAX
from headway.model.sizes import DEFAULT_SIZE, SIZES

TASKS_MAX = 5
"""The most that one app may have."""
MINUTES_APART_MIN = 10
"""The shortest time between two runs of a task."""
SECONDS_MAX = 12 * 3600
"""The longest that a run may take, if its next one is not due before."""
LATE_SECONDS_MAX = 20 * 60
"""How late a run may begin, if a tenth of the time to its next one is not less."""
COUNTED_MAX = 1000
"""Of more runs that were missed in a row it is only said that they were more."""
_FIELDS = 5
_SCHEDULE_LENGTH_MAX = 1000
_DAYS_COMPARED = 400
"""Of the days on which a task runs so many are looked at for two in a row: more than eight years of Mondays."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE = _EPOCH - timedelta(seconds=1)
"""The library begins after the time that it is given."""
_FAR = datetime(2900, 1, 1, tzinfo=UTC)
"""Stands for never, where a schedule has no time left within half a century."""


class CronLine(msgspec.Struct, frozen=True):
    """One task as source says it; a release has its own."""

    schedule: str
    """Five fields, one space between."""
    command: str
    size: str

    @property
    def text(self) -> str:
        """Both as one line, as they stand in the file."""
        return f"{self.schedule} {self.command}"


class CronTask(msgspec.Struct, frozen=True):
    """One task of an app. Field order is column order."""

    id: int
    app_id: int
    position: int
    schedule: str
    command: str
    size: str
    next_at: int | None
    """When it is due; None where the release in force does not have it."""
    last_at: int | None
    """When it was last begun."""
    last_operation_id: int | None
    trouble: str
    """Why the run that is due could not begin so far; else nothing."""
    missed_at: int | None
    """When the newest run was due that was left out."""
    missed_why: str
    created_at: int

    @property
    def text(self) -> str:
        """Schedule and command as one line."""
        return f"{self.schedule} {self.command}"


class CronRun(msgspec.Struct, frozen=True):
    """One run of a task: of one task at one time there is one. Field order is column order."""

    task_id: int
    due_at: int
    app_id: int
    one_off_id: int
    operation_id: int
    until: int | None
    """When it is stopped if it still runs; None once that was seen to."""


class Missed(msgspec.Struct, frozen=True):
    """Runs in a row that it is too late for."""

    first_at: int
    last_at: int
    count: int
    """At most `COUNTED_MAX`."""


class Turn(msgspec.Struct, frozen=True):
    """What is to be done about a task that is due."""

    at: int | None
    """The due time whose run may begin now; None where it is too late for any."""
    missed: Missed | None


NOTHING = Turn(None, None)


def line_of(text: str, size: str | None = None) -> CronLine:
    """The task that is written as five fields and a command. Invalid, by field, where it is none that may be."""
    parts = text.split(None, _FIELDS)
    schedule, command = " ".join(parts[:_FIELDS]), parts[_FIELDS].rstrip() if len(parts) > _FIELDS else ""
    wrong: dict[str, str] = {}
    if fault := _fault_of(text, schedule, command):
        wrong["command"] = fault
    if size is not None and size not in SIZES:
        wrong["size"] = f"is unknown, it should be one of {', '.join(SIZES)}"
    if wrong:
        raise Invalid(**wrong)
    return CronLine(schedule, command, size or DEFAULT_SIZE)


def _fault_of(text: str, schedule: str, command: str) -> str:
    if schedule.startswith("@"):
        return "should begin with five fields like `0 5 * * *`, words like @daily are not known"
    if not command:
        return "should be five fields and a command, like `0 5 * * * bin/report`"
    if len(text) > COMMAND_LENGTH_MAX:
        return f"should have at most {COMMAND_LENGTH_MAX} characters"
    if "\0" in text:
        return "should not contain a null character"
    if len(schedule) > _SCHEDULE_LENGTH_MAX:
        return f"should have a schedule of at most {_SCHEDULE_LENGTH_MAX} characters"
    return _schedule_fault(schedule)


def _schedule_fault(schedule: str) -> str:
    try:
        never = next(CronSim(schedule, _BEFORE), None) is None
    except CronSimError as error:
        return f"has a schedule that is not cron's, `{schedule}`: {str(error).lower()}"
    if never:
        return f"has a schedule that never comes, `{schedule}`"
    if apart := _minutes_apart(schedule):
        return (
            f"has a schedule with {apart} minutes between two runs, `{schedule}`; "
            f"there should be at least {MINUTES_APART_MIN}"
        )
    return ""


def _minutes_apart(schedule: str) -> int:
    """The first time between two runs that is too short, in minutes; 0 where there is none.

    The times of every day on which it runs are the same, so one day is looked at, and from it to the next day,
    if there are ever two in a row.
    """
    shortest = timedelta(minutes=MINUTES_APART_MIN)
    times = CronSim(schedule, _BEFORE)
    first = last = next(times)
    for time in takewhile(lambda it: it.date() == first.date(), times):
        if time - last < shortest:
            return _minutes(time - last)
        last = time
    over_night = first + timedelta(days=1) - last
    return _minutes(over_night) if over_night < shortest and _has_days_in_a_row(schedule) else 0


def _minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def _has_days_in_a_row(schedule: str) -> bool:
    days = CronSim(" ".join(["0", "0", *schedule.split()[2:]]), _BEFORE)
    seen = (day for _, day in zip(range(_DAYS_COMPARED), days, strict=False))
    return any(after - before == timedelta(days=1) for before, after in pairwise(seen))


def next_after(schedule: str, at: int) -> int:
    """The first time, later than `at`, when it is due."""
    return _at(next(CronSim(schedule, _datetime(at)), _FAR))


def last_until(schedule: str, at: int) -> int:
    """The last time when it was due, `at` or before; 0 where that is more than half a century ago."""
    # Going back, the library leaves the second out that it is given, but not if a part of it is over.
    return _at(next(CronSim(schedule, _datetime(at // SECOND * SECOND + 1), reverse=True), _EPOCH))


def late_max(schedule: str, due_at: int) -> int:
    """How long after that time a run may still begin, in microseconds."""
    return min((next_after(schedule, due_at) - due_at) // 10, LATE_SECONDS_MAX * SECOND)


def until(schedule: str, due_at: int, began_at: int) -> int:
    """When the run of that time is stopped if it still runs."""
    return min(next_after(schedule, due_at), began_at + SECONDS_MAX * SECOND)


def turn(schedule: str, due_at: int, now: int) -> Turn:
    """What is to be done `now` about a task whose next run was due at `due_at`, which is over.

    Of all that were due since then only the newest can begin, and only if it is not too late for it; the others were
    missed. What was missed is told, and never made up for: a burst of runs helps nobody.
    """
    newest = max(due_at, last_until(schedule, now))
    if now > newest + late_max(schedule, newest):
        return Turn(None, Missed(due_at, newest, _count(schedule, due_at, newest)))
    if newest == due_at:
        return Turn(due_at, None)
    before = last_until(schedule, newest - SECOND)
    return Turn(newest, Missed(due_at, before, _count(schedule, due_at, before)))


def _count(schedule: str, first_at: int, last_at: int) -> int:
    times = CronSim(schedule, _datetime(first_at - SECOND))
    some = zip(range(COUNTED_MAX), times, strict=False)
    return sum(1 for _ in takewhile(lambda it: _at(it[1]) <= last_at, some))


def _datetime(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def _at(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> str:
    """A due time for people: `2026-11-22 05:00 UTC`."""
    return f"{_datetime(at):%Y-%m-%d %H:%M} UTC"
