from headway.clock import SECOND
from headway.dialects.scalingo import project_stats
from headway.domain.stats.meter import Reading
from headway.model.stats import Point
from headway.runtimes.port import Usage

USAGE = Usage(
    id="abc",
    app_id="a",
    label="web-1",
    cpu_seconds=12.5,
    memory_bytes=200105984,
    memory_limit_bytes=536870912,
    memory_highest_bytes=203440128,
    swap_bytes=212992,
    swap_highest_bytes=212993,
)


def test_a_container_is_told_in_whole_numbers() -> None:
    shown = project_stats.now(Reading(usage=USAGE, cpu_percent=17.6))
    assert (shown.id, shown.cpu_usage) == ("web-1", 18)
    assert (shown.memory_usage, shown.memory_limit, shown.highest_memory_usage) == (
        200105984,
        536870912,
        203440128,
    )
    assert (shown.swap_usage, shown.swap_limit, shown.highest_swap_usage) == (212992, 536870912, 212993)


def test_a_point_has_a_time_and_a_value() -> None:
    shown = project_stats.point(Point(1469547240 * SECOND, 5925774.222222222))
    assert (shown.time, shown.value) == ("2016-07-26T15:34:00.000Z", 5925774.222222222)
