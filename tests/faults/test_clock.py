"""The machine's clock is set back an hour, and forward again: nothing is believed that the clock alone says."""

from pathlib import Path

import pytest

from headway.clock import SECOND, SystemClock
from headway.engine.janitor import Janitor
from headway.errors import TooMany
from headway.store.database import Database
from headway.web.jwt import Signer
from headway.web.limits import Limits
from tests.faults.work import Engine, Load, everything, nothing_is_lost_or_doubled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
HOUR = 3600


class SetClock(SystemClock):
    """The machine's clock, as somebody sets it."""

    def __init__(self) -> None:
        self.set_by = 0

    def now(self) -> int:
        return super().now() + self.set_by * SECOND


async def test_operations_end_with_times_and_ids_that_only_rise(database: Database) -> None:
    clock = SetClock()
    engine = Engine(database, clock=clock, lease_seconds=1)
    load = Load(engine)
    async with engine.at_work(), load.running():
        for set_by in (0, -HOUR, 0, HOUR, -HOUR):
            clock.set_by = set_by
            await load.more(30)
    await nothing_is_lost_or_doubled(database, load.acknowledged)
    assert list(load.acknowledged.values()) == sorted(load.acknowledged.values()) or rising_for_each(load)
    rows, events = await everything(database)
    assert all(it.created_at <= it.updated_at <= (it.finished_at or 0) for it in rows.values())
    assert not [it for it in events if it.name in {"operation.taken_over", "operation.write_refused"}]


def rising_for_each(load: Load) -> bool:
    """Whether each submitter got greater ids with each submission."""
    of_each: dict[str, list[int]] = {}
    for key, id in load.acknowledged.items():
        of_each.setdefault(key.split("-")[0], []).append(id)
    return all(ids == sorted(ids) for ids in of_each.values())


async def test_what_is_old_enough_is_forgotten_and_nothing_else(database: Database) -> None:
    clock = SetClock()
    engine, janitor = Engine(database, clock=clock), Janitor(database, clock, retention_days=1)
    load = Load(engine)
    async with engine.at_work(), load.running():
        await load.more(10)
    clock.set_by = -HOUR
    assert await janitor.sweep() == 0
    clock.set_by = 25 * HOUR
    assert await janitor.sweep() == len(load.acknowledged)


def test_a_token_that_was_good_is_good_after_the_clock_was_set_back() -> None:
    clock = SetClock()
    signer = Signer(b"k" * 64, clock)
    token = signer.sign("api", {"sub": "one"}, 60)
    clock.set_by = -HOUR
    assert signer.read("api", token)["sub"] == "one"


def test_a_limit_of_rate_does_not_look_at_the_clock(tmp_path: Path) -> None:
    clock = SetClock()
    limits = Limits(clock, per_minute=60)
    for _ in range(60):
        limits.count("somebody")
    for set_by in (-HOUR, HOUR):
        clock.set_by = set_by
        with pytest.raises(TooMany):
            limits.count("somebody")
