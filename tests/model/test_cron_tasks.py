"""When tasks are due, which may be, and what is told of those it is too late for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.clock import SECOND
from headway.errors import Invalid
from headway.model.cron_tasks import (
    COUNTED_MAX,
    LATE_SECONDS_MAX,
    SECONDS_MAX,
    CronLine,
    Missed,
    Turn,
    last_until,
    late_max,
    line_of,
    moment,
    next_after,
    turn,
    until,
)
from tests.records import a_cron_task

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
TEN = "*/10 * * * *"
DAILY = "0 5 * * *"
SCHEDULES = [TEN, DAILY, "15 */2 * * 1-5", "0 0 L * *", "30 4 1,15 * 5", "7 7 * JAN,JUL SUN"]


def at(text: str) -> int:
    """Microseconds UTC of `2026-11-22 05:00`, with seconds where there are any."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0 5 * * * bin/report", CronLine("0 5 * * *", "bin/report", "M")),
        ("  */10\t* * *  *   echo a  b # c ", CronLine(TEN, "echo a  b # c", "M")),
        ("0 5 * * mon-fri x", CronLine("0 5 * * mon-fri", "x", "M")),
        ("0,55 0,23 * * 1 x", CronLine("0,55 0,23 * * 1", "x", "M")),
        ("0,50 * * * * x", CronLine("0,50 * * * *", "x", "M")),
        ("0 0 L * * x", CronLine("0 0 L * *", "x", "M")),
    ],
)
def test_a_line_is_five_fields_and_a_command(text: str, line: CronLine) -> None:
    assert line_of(text) == line
    assert line.text == f"{line.schedule} {line.command}"


def test_a_line_may_have_a_size() -> None:
    assert line_of("0 5 * * * x", "2XL").size == "2XL"
    with pytest.raises(Invalid) as refused:
        line_of("nonsense", "XXL")
    assert set(refused.value.fields) == {"command", "size"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "five fields and a command"),
        ("0 5 * * *", "five fields and a command"),
        ("@daily bin/report", "@daily"),
        ("bin/report every day at five o'clock", "not cron's"),
        ("61 * * * * x", "bad minute"),
        ("* 24 * * * x", "bad hour"),
        ("0 0 0 * * x", "bad day-of-month"),
        ("*/0 * * * * x", "bad minute"),
        ("0 0 30 2 * x", "bad day-of-month"),
        ("0 0 * 2 mon#5#1 x", "bad day-of-week"),
        (f"{'9' * 5000} * * * * x", "at most 1000"),
        ("0 5 * * * x\0y", "null"),
        (f"0 5 * * * {'x' * 32_768}", "at most 32768"),
        ("* * * * * x", "1 minutes between"),
        ("*/9 * * * * x", "9 minutes between"),
        ("0,9 5 1 1 * x", "9 minutes between"),
        ("0 0 * * * x", None),
        ("55 23 * * * x", None),
        ("0,55 0,23 * * * x", "5 minutes between"),
        ("0,55 0,23 1,29 2,3 * x", "5 minutes between"),
        ("0,55 0,23 * * 1,3 x", None),
        ("5/10 * * * * x", None),
    ],
)
def test_what_is_no_line_that_may_be_is_refused_with_the_reason(text: str, why: str | None) -> None:
    if why is None:
        line_of(text)
        return
    with pytest.raises(Invalid, match=why):
        line_of(text)


def test_it_is_due_after_a_time_and_never_at_it() -> None:
    assert next_after(DAILY, at("2026-11-22 04:59:59")) == at("2026-11-22 05:00")
    assert next_after(DAILY, at("2026-11-22 05:00") - 1) == at("2026-11-22 05:00")
    assert next_after(DAILY, at("2026-11-22 05:00")) == at("2026-11-23 05:00")


def test_it_was_due_at_a_time_or_before() -> None:
    assert last_until(DAILY, at("2026-11-22 05:00") - 1) == at("2026-11-21 05:00")
    assert last_until(DAILY, at("2026-11-22 05:00")) == at("2026-11-22 05:00")
    assert last_until(DAILY, at("2026-11-22 05:00") + 1) == at("2026-11-22 05:00")


@given(st.sampled_from(SCHEDULES), st.integers(at("2020-01-01"), at("2040-01-01")))
def test_before_and_after_meet(schedule: str, now: int) -> None:
    before, after = last_until(schedule, now), next_after(schedule, now)
    assert before <= now < after
    assert next_after(schedule, before) == after
    assert last_until(schedule, after) == after
    assert last_until(schedule, after - 1) == before


def test_a_run_may_begin_late_by_a_tenth_of_the_time_to_the_next_and_by_twenty_minutes_at_most() -> None:
    assert late_max(TEN, at("2026-11-22 05:00")) == MINUTE
    assert late_max("0 * * * *", at("2026-11-22 05:00")) == 6 * MINUTE
    assert late_max(DAILY, at("2026-11-22 05:00")) == LATE_SECONDS_MAX * SECOND


def test_a_run_is_stopped_when_the_next_is_due_and_after_twelve_hours() -> None:
    due = at("2026-11-22 05:00")
    assert until(TEN, due, due + SECOND) == due + 10 * MINUTE
    assert until(DAILY, due, due + SECOND) == due + SECOND + SECONDS_MAX * SECOND


DUE = at("2026-11-22 05:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (DUE, Turn(DUE, None)),
        (DUE + MINUTE, Turn(DUE, None)),
        (DUE + MINUTE + 1, Turn(None, Missed(DUE, DUE, 1))),
        (DUE + 10 * MINUTE - 1, Turn(None, Missed(DUE, DUE, 1))),
        (DUE + 10 * MINUTE, Turn(DUE + 10 * MINUTE, Missed(DUE, DUE, 1))),
        (DUE + HOUR, Turn(DUE + HOUR, Missed(DUE, DUE + 50 * MINUTE, 6))),
        (DUE + HOUR + 5 * MINUTE, Turn(None, Missed(DUE, DUE + HOUR, 7))),
        (
            DUE + 100 * DAY + 5 * MINUTE,
            Turn(None, Missed(DUE, DUE + 100 * DAY, COUNTED_MAX)),
        ),
    ],
)
def test_of_all_that_were_due_the_newest_may_begin_and_the_others_were_missed(
    now: int, expected: Turn
) -> None:
    assert turn(TEN, DUE, now) == expected


def test_a_due_time_is_shown_to_the_minute() -> None:
    assert (moment(DUE), a_cron_task().text) == ("2026-11-22 05:00 UTC", "0 5 * * * bin/report")
