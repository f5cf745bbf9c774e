from datetime import UTC, datetime

from headway.clock import SECOND, SystemClock


def test_the_time_is_in_microseconds_utc() -> None:
    before = datetime.now(UTC).timestamp()
    now = SystemClock().now() / SECOND
    assert before - 0.001 <= now <= datetime.now(UTC).timestamp() + 0.001


async def test_a_sleep_lasts_as_long_as_asked() -> None:
    clock = SystemClock()
    began = clock.monotonic()
    await clock.sleep(0.02)
    assert clock.monotonic() - began >= 0.02


async def test_a_sleep_of_no_time_returns() -> None:
    await SystemClock().sleep(-1)
