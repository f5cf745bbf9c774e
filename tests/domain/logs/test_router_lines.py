import asyncio
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.domain.logs import rate
from headway.domain.logs.router_lines import RouterLines, line
from headway.domain.world import World
from headway.errors import Retry, Unavailable
from headway.ids import show
from headway.model.apps import App
from headway.model.logs import shown
from headway.routers.port import Endpoint, Request
from headway.runtimes.port import Status
from headway.store import apps
from headway.store.database import StorageFull
from tests.domain.stats.hands import START, Hands
from tests.ready_made import Told

PLACE = Endpoint(host="127.0.0.1", port=20001)


def a_request(end: int = 1, **changes: Any) -> Request:
    given = {
        "end": end,
        "at": START,
        "app_id": "a",
        "method": "GET",
        "host": "shop.localhost",
        "path": f"/{end}",
        "protocol": "https",
        "status": 200,
        "duration_ms": 118,
        "bytes_out": 73555,
        "endpoint": PLACE,
        "client": "57.141.0.26",
        "request_id": "cc44edd4",
        "referer": "",
        "agent": "curl/8",
    }
    return Request(**(given | changes))


def test_a_request_is_one_line_of_pairs() -> None:
    assert line(a_request(path="/x?a=1"), "web-1") == (
        'method=GET path="/x?a=1" host=shop.localhost request_id=cc44edd4 container=web-1 from="57.141.0.26" '
        'protocol=https status=200 duration=0.118s bytes=73555 referer="-" user_agent="curl/8"'
    )


def test_what_the_router_answered_itself_has_no_container() -> None:
    assert " container=- " in line(a_request(endpoint=None), "")


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ("path", '/"quoted" \\', 'path="/\\"quoted\\" \\\\"'),
        ("agent", 'x" status=500 y="', 'user_agent="x\\" status=500 y=\\""'),
        ("agent", "a\nb\r\tc\x00\x1b[31m\x7f\x85", 'user_agent="a\\x0ab\\x0d\\x09c\\x00\\x1b[31m\\x7f\\x85"'),
        ("referer", "http://ü.org/日本🚀", 'referer="http://ü.org/日本🚀"'),
        ("agent", "line\u2028 paragraph\u2029", 'user_agent="line\\u2028 paragraph\\u2029"'),
        ("host", "a b", 'host="a b"'),
        ("host", 'a"b', 'host="a\\"b"'),
        ("host", "", 'host="-"'),
        ("method", "GET\n", 'method="GET\\x0a"'),
        ("request_id", "x y=1", 'request_id="x y=1"'),
        ("protocol", "", 'protocol="-"'),
    ],
)
def test_what_clients_send_cannot_be_taken_for_more_than_one_value(field: str, text: str, shown: str) -> None:
    assert shown in line(a_request(**{field: text}), "web-1")


@given(st.text(), st.text(), st.text())
def test_whatever_clients_send_it_stays_one_line_without_controls(path: str, agent: str, host: str) -> None:
    told = line(a_request(path=path, agent=agent, host=host), "web-1")
    assert len(told.splitlines()) == 1
    assert shown(told.encode()) == told
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in told)


class Runtime(Told):
    is_ill = False

    async def units(self, app_id: str | None = None) -> list[Status]:
        if self.is_ill:
            raise Retry("not running")
        return await super().units(app_id)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def runtime() -> Runtime:
    return Runtime()


@pytest.fixture
async def lines(world: World, runtime: Runtime, clock: Hands) -> RouterLines:
    world.logbook.open()
    return made(world, runtime, clock)


def made(world: World, runtime: Runtime, clock: Hands, lines_max: int = 1000) -> RouterLines:
    limit = rate.Limit(lines_max=lines_max)
    return RouterLines(world.database, cast(Any, runtime), world.logbook, clock, limit=limit)


def unit(label: str, port: int) -> Status:
    return Status(
        id=label,
        app_id="a",
        label=label,
        state="running",
        address=("127.0.0.1", port),
        started_at=None,
        crashes=0,
        exit_code=None,
    )


async def want(world: World, app: App, wanted: bool = True) -> None:
    settings = msgspec.structs.replace(app.settings, router_logs=wanted)
    await world.database.write(lambda tx: apps.configure(tx, app.id, settings, 1))


def of(app: App, *ends: int, **changes: Any) -> list[Request]:
    return [a_request(end, app_id=show(app.id), **changes) for end in ends]


def told(world: World, app: App) -> Sequence[str]:
    """The paths of the lines in an app's log."""
    return [
        it.text.partition('path="/')[2].partition('"')[0] or it.text
        for it in world.logbook.last(show(app.id), 1000, "router".__eq__)
    ]


async def test_only_apps_that_want_them_have_lines_and_from_when_they_do(
    world: World, lines: RouterLines, app: App
) -> None:
    await lines.keep([*of(app, 1), a_request(2, app_id="")])
    assert told(world, app) == []
    await want(world, app)
    await lines.keep([*of(app, 3), a_request(4, app_id="another"), *of(app, 5)])
    assert told(world, app) == ["3", "5"]
    await want(world, app, wanted=False)
    await lines.keep(of(app, 6))
    assert told(world, app) == ["3", "5"]


async def test_a_line_carries_the_time_at_which_the_answer_ended_and_its_container(
    world: World, lines: RouterLines, runtime: Runtime, app: App
) -> None:
    await want(world, app)
    runtime.statuses = [unit("web-7", PLACE.port)]
    await lines.keep(of(app, 1))
    (said,) = world.logbook.last(show(app.id), 10, "router".__eq__)
    assert said.at == START + 118_000
    assert " container=web-7 " in said.text


async def test_a_container_that_has_gone_is_still_named_and_a_port_that_is_used_again_is_the_new_ones(
    world: World, lines: RouterLines, runtime: Runtime, app: App
) -> None:
    await want(world, app)
    seen: list[str] = []
    for statuses in ([unit("web-1", PLACE.port)], [], [unit("web-2", PLACE.port)]):
        runtime.statuses = statuses
        await lines.keep(of(app, len(seen) + 1))
        seen.append(world.logbook.last(show(app.id), 1, "router".__eq__)[0].text.split(" ")[4])
    runtime.is_ill = True
    await lines.keep(of(app, 9))
    assert seen == ["container=web-1", "container=web-1", "container=web-2"]


async def test_requests_that_are_given_again_are_told_once_also_by_another_process(
    world: World, lines: RouterLines, runtime: Runtime, clock: Hands, app: App
) -> None:
    await want(world, app)
    await lines.keep(of(app, 1, 2, 3))
    await lines.keep(of(app, 2, 3, 4))
    world.logbook.open()
    await made(world, runtime, clock).keep(of(app, 1, 2, 3, 4, 5))
    assert told(world, app) == ["1", "2", "3", "4", "5"]


async def test_what_is_known_of_requests_is_no_unit_of_the_runtime(
    world: World, lines: RouterLines, app: App
) -> None:
    await want(world, app)
    await lines.keep(of(app, 1))
    assert world.logbook.open() == {}


async def test_a_full_disk_is_for_the_asker_to_try_again(
    world: World, lines: RouterLines, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageFull

    await want(world, app)
    with monkeypatch.context() as patch:
        patch.setattr(world.logbook, "append", full)
        with pytest.raises(StorageFull):
            await lines.keep(of(app, 1, 2))
    await lines.keep(of(app, 1, 2))
    assert told(world, app) == ["1", "2"]


async def test_while_the_database_is_away_the_apps_that_were_known_have_their_lines(
    world: World, lines: RouterLines, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_body: object) -> None:
        raise Unavailable("no")

    await want(world, app)
    await lines.keep(of(app, 1))
    lines._heard(None)
    with monkeypatch.context() as patch:
        patch.setattr(world.database, "read", away)
        await lines.keep(of(app, 2))
    await want(world, app, wanted=False)
    await lines.keep(of(app, 3))
    assert told(world, app) == ["1", "2"]


async def test_what_is_changed_while_it_is_read_is_read_again(
    world: World, lines: RouterLines, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = world.database.read

    async def and_change(body: Any) -> Any:
        found = await read(body)
        await want(world, app)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(world.database, "read", and_change)
        await lines.keep(of(app, 1))
    await lines.keep(of(app, 2))
    assert told(world, app) == ["2"]


async def test_more_than_a_container_may_say_is_dropped_and_counted(
    world: World, runtime: Runtime, clock: Hands, app: App
) -> None:
    world.logbook.open()
    lines = made(world, runtime, clock, lines_max=3)
    await want(world, app)
    await lines.keep(of(app, 1, 2))
    await lines.keep(of(app, 3, 4, 5))
    lines.account()
    clock._now += rate.MINUTE
    lines.account()
    lines.account()
    await lines.keep(of(app, 4, 5, 6))
    *first, overflow, account, last = told(world, app)
    assert (first, last) == (["1", "2", "3"], "6")
    assert "over the limit" in overflow
    assert account.startswith("2 lines")


async def test_an_app_that_is_deleted_has_no_log_of_requests(
    world: World, lines: RouterLines, app: App
) -> None:
    await want(world, app)
    world.logbook.forget(show(app.id))
    await lines.keep(of(app, 1))
    await asyncio.to_thread(lambda: None)
    assert not (world.config.folder / "logs" / show(app.id)).exists()
