"""What `headway cron` shows; tests/cli/test_remote.py runs it on a platform."""

import pytest

from headway.cli.cron import row
from headway.cli.moments import moment
from headway.dialects.headway.wire_apps import CronTask

AT = "2026-11-22T05:00:00.000Z"


def task(**more: str | None) -> CronTask:
    """A task that is due at five."""
    every: dict[str, str | None] = dict.fromkeys((
        "last_at",
        "last_operation",
        "trouble",
        "missed_at",
        "missed_why",
    ))
    return CronTask(schedule="0 5 * * *", command="bin/report", size="M", next_at=AT, **every | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "last", "note"),
    [
        ({}, "never", ""),
        ({"last_at": AT}, moment(AT), ""),
        ({"trouble": "no room"}, "never", "waits: no room"),
        ({"missed_at": AT, "missed_why": "no room"}, "never", f"missed {moment(AT)}: no room"),
    ],
)
def test_a_row_tells_the_last_time_the_next_and_what_is_wrong(
    more: dict[str, str | None], last: str, note: str
) -> None:
    assert row(task(**more)) == ("0 5 * * *", "bin/report", "M", last, moment(AT), note)
