import time
from collections.abc import Iterator

import pytest

from headway.cli import moments

AT = "2026-01-02T03:04:05.000Z"


@pytest.fixture(autouse=True)
def in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "NPT-5:45")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_moments_are_told_as_the_clock_on_the_wall_has_them() -> None:
    assert (moments.clock(AT), moments.moment(AT)) == ("08:49:05", "01-02 08:49:05")


def test_how_long_something_took_is_told_in_seconds() -> None:
    assert moments.seconds(AT, "2026-01-02T03:04:05.400Z") == pytest.approx(0.4)
