"""toloka-kit, unmodified, against a platform: the scenarios that show whether Toloka's dialect is Toloka's."""

import ast
import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from headway.dialects.toloka.dialect import TOLOKA
from headway.engine.feed import Feed
from headway.web.ask import edge
from headway.web.dialect import mount
from tests.parity.toloka.conftest import HERE, Drive, Kit, Platform
from tests.ready_made import HandClock, add_account, served, world_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
IN_PARTS = ("s04", "s07", "s10_waiting_in_vain", "s11", "s38", "s39", "s40", "s52_of_one")
"""What the platform has to be told of, too; or has to die for."""
SCENARIOS = [
    it.name
    for file in sorted(HERE.glob("scenarios_*.py"))
    for it in ast.parse(file.read_text()).body
    if isinstance(it, ast.FunctionDef) and it.name.startswith("s") and it.name[1:3].isdigit()
]
Tokens = Callable[[str], tuple[str, str]]


@pytest.fixture(scope="module")
def begun(kit: Kit, site: Platform, tokens: Tokens, request: pytest.FixtureRequest) -> dict[str, int]:
    """Those that are wanted, all begun: beside each other, each as people that no other knows."""
    wanted = [item.callspec.params["name"] for item in request.session.items if _is_plain(item)]
    return {name: kit.begin(name, site.address, tokens(name)) for name in wanted}


def _is_plain(item: Any) -> bool:
    return item.name.startswith("test_the_client_sees_what_it_knows[") and hasattr(item, "callspec")


@pytest.mark.parametrize("name", [name for name in SCENARIOS if not name.startswith(IN_PARTS)])
def test_the_client_sees_what_it_knows(kit: Kit, begun: dict[str, int], name: str) -> None:
    kit.result(begun[name])


# -- when there is no place for another operation ------------------------------------------------------------


@pytest.fixture
def saturated(site: Platform) -> Iterator[Platform]:
    """No operation begins."""
    site.tell("saturate")
    yield site
    site.tell("release")


def test_s07_an_operation_waits_until_there_is_a_place(drive: Drive, site: Platform) -> None:
    site.tell("saturate")
    try:
        waiting = drive("s07_it_waits_while_there_is_no_place")
    finally:
        site.tell("release")
    drive("s07_and_goes_on_when_there_is_one", like="s07_it_waits_while_there_is_no_place", **waiting)


@pytest.mark.parametrize(
    "name", ["s10_waiting_in_vain", "s11_a_failed_one_is_raised", "s52_of_one_that_has_not_ended"]
)
@pytest.mark.usefixtures("saturated")
def test_the_client_sees_what_it_knows_while_nothing_begins(drive: Drive, name: str) -> None:
    drive(name)


# -- when it is asked too often ------------------------------------------------------------------------------


class Watched:
    """Hears every answer; at the first 429 a minute passes."""

    def __init__(self, app: ASGIApp, clock: HandClock) -> None:
        self._app = app
        self._clock = clock
        self.statuses: list[int] = []
        self.said = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])
                self.said += repr(message["headers"]).encode().lower()
                if message["status"] == 429:
                    self._clock.ahead += 60
            self.said += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, heard)


async def test_s04_who_asks_too_often_comes_again(kit: Kit, tmp_path: Path) -> None:
    async with world_in(tmp_path, requests_per_minute=3) as world:
        clock, feed = world.clock, Feed(world.database)
        assert isinstance(clock, HandClock)
        await add_account(world, "often", "tk-us-often")
        watched = Watched(mount(edge(world, feed), [TOLOKA]), clock)
        async with served(watched) as address:
            number = kit.begin("s04_too_often", address, ("tk-us-often", ""))
            await asyncio.to_thread(kit.result, number)
        feed.close()
    assert set(watched.statuses) == {200, 429}
    assert b"retry-after" not in watched.said
    assert b"interval" not in watched.said


# -- when the platform dies ----------------------------------------------------------------------------------

OVER_A_DEATH = {
    "s38_it_is_finished": "s38_begin_a_batch",
    "s39_there_is_one_clone": "s39_begin_to_clone",
    "s39_there_is_one_result_of_each": "s39_begin_to_aggregate",
    "s40_they_are_the_same": "s40_begin_some_of_each",
}
"""What must be so afterwards, and how it begins."""


@pytest.fixture(scope="module")
def before(kit: Kit, site: Platform, tokens: Tokens) -> dict[str, Any]:
    """What each of them had begun when the platform was killed, which is up again."""
    numbers = {name: kit.begin(name, site.address, tokens(name)) for name in OVER_A_DEATH.values()}
    begun = {name: kit.result(number) for name, number in numbers.items()}
    site.kill()
    site.start()
    return begun


@pytest.mark.parametrize("name", OVER_A_DEATH)
def test_nothing_is_lost_or_doubled_by_a_death(drive: Drive, before: dict[str, Any], name: str) -> None:
    first = OVER_A_DEATH[name]
    drive(name, like=first, **before[first])


def test_every_scenario_is_lived_through() -> None:
    named = {"s04_too_often", "s07_it_waits_while_there_is_no_place", "s07_and_goes_on_when_there_is_one"}
    named |= {"s10_waiting_in_vain", "s11_a_failed_one_is_raised", "s52_of_one_that_has_not_ended"}
    named |= {*OVER_A_DEATH, *OVER_A_DEATH.values(), "s40_all_that_has_ended"}
    assert {name for name in SCENARIOS if name.startswith(IN_PARTS)} == named
