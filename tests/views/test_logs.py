from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.store.logbook import Line, Logbook
from headway.views import logs

SOURCES = ["web-1", "web-12", "worker-1", "web-worker-1", "router", "one-off-7", "postdeploy-2", "platform"]


@pytest.mark.parametrize(
    ("filter_text", "sources"),
    [
        ("", SOURCES),
        (" ", SOURCES),
        ("|", SOURCES),
        ("web", ["web-1", "web-12"]),
        ("web-1", ["web-1"]),
        ("web|worker", ["web-1", "web-12", "worker-1"]),
        (" web-12 | router |", ["web-12", "router"]),
        ("router", ["router"]),
        ("one-off-7", ["one-off-7"]),
        ("one-off", ["one-off-7"]),
        ("postdeploy-2", ["postdeploy-2"]),
        ("platform", ["platform"]),
        ("we", []),
        ("web-", []),
        (".*", []),
        ("WEB", []),
    ],
)
def test_a_filter_asks_for_types_and_labels(filter_text: str, sources: list[str]):
    assert list(filter(logs.wanted(filter_text), SOURCES)) == sources


def test_a_line_is_shown_in_the_form_that_go_writes():
    assert logs.shown(Line(at=1424052163_930163, source="web-1", text="a  b")) == (
        "2015-02-16 02:02:43.930163000 +0000 UTC [web-1] a  b"
    )
    assert (
        logs.shown(Line(at=0, source="router", text=""))
        == "1970-01-01 00:00:00.000000000 +0000 UTC [router] "
    )


@pytest.fixture
def logbook(tmp_path: Path) -> Logbook:
    book = Logbook(tmp_path, SystemClock(), hot_bytes=1 << 20)
    book.open()
    return book


def lines(*sources: str) -> list[Line]:
    return [Line(at=n, source=source, text="x") for n, source in enumerate(sources)]


async def test_last_reads_the_newest_lines_that_the_filter_asks_for(logbook: Logbook):
    written = lines("web-1", "router", "web-2", "router")
    logbook.append("app", written)
    assert await logs.last(logbook, "app", 1, "web") == [written[2]]
    assert await logs.last(logbook, "app", 3) == written[1:]


async def test_follow_reads_what_comes_and_the_filter_asks_for(logbook: Logbook):
    following = logs.follow(logbook, "app", "web|worker")
    written = lines("router", "web-1")
    logbook.append("app", written)
    assert await anext(following) == [written[1]]
