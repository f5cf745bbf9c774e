"""What every authority promises: one that is asked over ACME, the stand-in for it, and none at all."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

import pytest

from headway.authorities import acme_account
from headway.authorities.acme import Acme
from headway.authorities.closed import Closed
from headway.authorities.port import Authority, Issued
from headway.clock import SystemClock
from headway.errors import Failure
from headway.model.certificates import checked
from headway.routers.envoy import Envoy
from headway.routers.port import Challenge, Router
from headway.testing.authority import PaperAuthority
from headway.testing.router import MemoryRouter
from tests.authorities.pebble import pebble
from tests.routers.traffic import served, settings

CLOCK = SystemClock()
NAME = "shop.example.org"


class Stage(Protocol):
    """An authority, and the router that it asks."""

    authority: Authority
    router: Router


class Made:
    def __init__(self, authority: Authority, router: Router) -> None:
        self.authority, self.router = authority, router


@pytest.fixture(params=["memory", "acme"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    if request.param == "memory":
        router = MemoryRouter(CLOCK)
        yield Made(PaperAuthority(CLOCK, router.answers), router)
        return
    its = settings()
    async with pebble(tmp_path, its.port) as it, served(Envoy(tmp_path / "router", its, CLOCK)) as envoy:
        yield Made(Acme(tmp_path / "acme", CLOCK, it.directory, roots=it.roots), envoy)
    assert len(list((tmp_path / acme_account.AGENT).parent.glob("acme/*.json"))) == 1


def proving(
    router: Router, *, answer: str = ""
) -> Callable[[str, str], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def prove(token: str, right: str) -> AsyncGenerator[None]:
        challenge = Challenge(host=NAME, token=token, answer=answer or right)
        await router.answer(challenge)
        yield
        await router.answer_no_more(challenge)

    return prove


async def test_a_certificate_is_issued_for_a_name_that_is_led_here_with_a_new_key_each_time(
    stage: Stage,
) -> None:
    assert stage.authority.is_open
    issued = [await stage.authority.issue(NAME, proving(stage.router)) for _ in range(2)]
    assert all(checked(it.chain, it.key, NAME, CLOCK.now()) for it in issued)
    assert issued[0].key != issued[1].key


async def test_none_is_issued_for_a_name_that_answers_otherwise(stage: Stage) -> None:
    with pytest.raises(Failure) as failed:
        await stage.authority.issue(NAME, proving(stage.router, answer="wrong"))
    assert failed.value.code.startswith("acme-")


async def test_an_authority_that_is_closed_issues_nothing() -> None:
    assert not Closed().is_open
    with pytest.raises(Failure):
        await Closed().issue(NAME, proving(MemoryRouter(CLOCK)))


def test_what_is_printed_has_nothing_of_the_key() -> None:
    assert "secret" not in repr(Issued(chain="chain", key="secret"))
