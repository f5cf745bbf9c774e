from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.errors import NotFound
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


async def test_following_may_begin_with_what_was_there(logbook: Logbook):
    written = lines("web-1", "router", "web-2")
    logbook.append("app", written)
    following = logs.follow(logbook, "app", "web", before=1)
    logbook.append("app", lines("web-3"))
    assert [line.source for line in await anext(following)] == ["web-2"]
    assert [line.source for line in await anext(following)] == ["web-3"]


async def test_an_archive_that_is_not_kept_is_not_found(logbook: Logbook):
    assert await logs.archives(logbook, "app") == []
    with pytest.raises(NotFound):
        await logs.archive(logbook, "app", 1)
