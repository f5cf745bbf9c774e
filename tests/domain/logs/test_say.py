from pathlib import Path

from headway.clock import SystemClock
from headway.domain.logs.say import say
from headway.store.logbook import Logbook


def test_what_the_platform_says_is_in_the_apps_log_line_by_line(tmp_path: Path):
    clock = SystemClock()
    logbook = Logbook(tmp_path, clock, hot_bytes=1 << 20)
    logbook.open()
    before = clock.now()
    say(logbook, clock, "app", "web-1 crashed\nit is started again\0")
    say(logbook, clock, "app", "method=GET", source="router")
    lines = logbook.last("app", 10, lambda _source: True)
    assert [(line.source, line.text) for line in lines] == [
        ("platform", "web-1 crashed"),
        ("platform", "it is started again␀"),
        ("router", "method=GET"),
    ]
    assert all(before <= line.at <= clock.now() for line in lines)
