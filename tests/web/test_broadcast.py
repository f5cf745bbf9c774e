"""Streams that wait in a crowd: told in order, kept alive, and gone when their reader is."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from headway.web import broadcast
from headway.web.ask import Ask
from headway.web.broadcast import Stream, Wheel
from headway.web.routes import Route
from tests.ready_made import served
from tests.web.conftest import MakeApp

SECONDS = 20


class Words:
    """A source that a test fills."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.ending = False
        self.ended = False
        self.wake: Callable[[], None] | None = None
        self.begun = asyncio.Event()
        self.left = asyncio.Event()

    def begin(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self.begun.set()

    def end(self) -> None:
        self.wake = None
        self.left.set()

    async def read(self) -> list[str]:
        said, self.said = self.said, []
        self.ended = self.ending
        return said

    def say(self, *words: str, end: bool = False) -> None:
        self.said += words
        self.ending = end
        if self.wake is not None:
            self.wake()


@pytest.fixture
def words() -> Words:
    return Words()


def app_of(words: Words, make_app: MakeApp, wheel: Wheel) -> ASGIApp:
    async def events(ask: Ask) -> ASGIApp:
        return Stream(words, lambda said: " ".join(said).encode() + b"\n", wheel, ping=b"ping\n")

    return make_app(Route("GET", "/small/events", events, open=True))


async def test_what_is_said_is_sent_until_the_source_ends(words: Words, make_app: MakeApp) -> None:
    words.say("one", "two")
    got: list[str] = []
    async with (
        asyncio.timeout(SECONDS),
        served(app_of(words, make_app, Wheel())) as address,
        httpx2.AsyncClient() as client,
        client.stream("GET", f"http://{address}/small/events") as answer,
    ):
        async for line in answer.aiter_lines():
            got.append(line)
            words.say(*([] if len(got) > 2 else [f"after {line}"]), end=len(got) > 2)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert got == ["one two", "after one two", "after after one two"]
    assert words.left.is_set()


async def test_a_stream_that_ends_with_its_reader_holds_nothing(words: Words, make_app: MakeApp) -> None:
    wheel = Wheel()
    words.say("one")
    async with (
        asyncio.timeout(SECONDS),
        served(app_of(words, make_app, wheel)) as address,
        httpx2.AsyncClient() as client,
    ):
        async with client.stream("GET", f"http://{address}/small/events") as answer:
            assert await anext(answer.aiter_lines()) == "one"
        await words.left.wait()
    assert not any(wheel._spokes)


async def test_a_quiet_stream_is_kept_alive_by_pings(words: Words, make_app: MakeApp) -> None:
    async with (
        asyncio.timeout(SECONDS),
        served(app_of(words, make_app, Wheel(0.05))) as address,
        httpx2.AsyncClient() as client,
        client.stream("GET", f"http://{address}/small/events") as answer,
    ):
        lines = answer.aiter_lines()
        assert [await anext(lines), await anext(lines)] == ["ping", "ping"]
        words.say("one")
        while await anext(lines) != "one":
            pass


async def test_the_head_of_a_stream_takes_nothing(words: Words, make_app: MakeApp) -> None:
    words.say("one")
    async with served(app_of(words, make_app, Wheel())) as address, httpx2.AsyncClient() as client:
        assert (await client.head(f"http://{address}/small/events")).status_code == 200
    assert words.said == ["one"]


# -- without a server, to choose the moment ------------------------------------------------------------------------


class Reader:
    """The other end of a stream: it takes what is sent when the test lets it."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.gone = asyncio.Event()
        self.sent = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.takes.wait()
        self.got.append(message.get("body", b""))
        self.sent.set()

    async def until(self, body: bytes) -> None:
        while body not in self.got:
            self.sent.clear()
            await self.sent.wait()


def stream(words: Words, wheel: Wheel) -> Stream[list[str]]:
    return Stream(words, lambda said: " ".join(said).encode(), wheel, ping=b"ping")


async def test_what_is_said_while_something_is_sent_is_not_lost(words: Words) -> None:
    reader = Reader()
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
        group.create_task(stream(words, Wheel())({"method": "GET"}, reader.receive, reader.send))
        await words.begun.wait()
        reader.takes.clear()
        words.say("one")
        await asyncio.sleep(0)
        words.say("two")
        reader.takes.set()
        words.say("three", end=True)
    assert b" ".join(reader.got).split() == [b"one", b"two", b"three"]


async def test_a_reader_who_goes_and_news_at_the_same_moment_end_the_stream(words: Words) -> None:
    reader = Reader()
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
        group.create_task(stream(words, Wheel())({"method": "GET"}, reader.receive, reader.send))
        await words.begun.wait()
        await asyncio.sleep(0)
        reader.gone.set()
        words.say("one")
    assert words.left.is_set()


async def test_a_stream_that_is_cancelled_by_others_is_cancelled(words: Words) -> None:
    reader = Reader()
    task = asyncio.ensure_future(stream(words, Wheel())({"method": "GET"}, reader.receive, reader.send))
    async with asyncio.timeout(SECONDS):
        await words.begun.wait()
        await asyncio.sleep(0)
        words.say("one")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert words.left.is_set()


async def test_a_reader_who_takes_nothing_for_long_is_given_up(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "STUCK_SECONDS_MAX", 0.1)
    reader = Reader()
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
        group.create_task(stream(words, Wheel(0.05))({"method": "GET"}, reader.receive, reader.send))
        await words.begun.wait()
        reader.takes.clear()
        words.say("one")
        await words.left.wait()
    assert reader.got == [b""]
