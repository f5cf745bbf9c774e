"""What every platform answers without being asked who asks."""

import re
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx2
import pytest

from headway.domain.legacy.note_calls import note_calls
from headway.domain.world import World
from headway.errors import Retry
from headway.ids import show
from headway.model.accounts import Account
from headway.model.legacy_calls import LegacyCalls
from headway.model.operations import Actor, Phase
from headway.runtimes.port import Status
from headway.store import operations
from headway.views import accounts
from headway.web.status import status
from tests.ready_made import Told
from tests.records import an_operation

LABELS = r'\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\}'
LINE = re.compile(rf"(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+({LABELS})? [0-9.]+)")


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(status(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://h") as client:
        yield client


async def test_it_says_that_it_is_well(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_metrics_are_lines_that_a_scraper_reads(client: httpx2.AsyncClient, world: World) -> None:
    cast(Told, world.runtime).statuses = [a_status("running"), a_status("running"), a_status("crashed")]
    it = an_operation(phase=Phase.RUNNING, owner=1, fence=1)
    await world.database.journal(operations.accepted(it, Actor()))
    answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    lines = answer.text.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert {
        'headway_operations_active{type="app.scale"} 1',
        'headway_containers{state="running"} 2',
        'headway_containers{state="crashed"} 1',
    } <= set(lines)
    (events,) = [line for line in lines if line.startswith("headway_events_total")]
    assert int(events.split()[1]) > 0


async def test_each_metric_is_explained_before_its_samples(client: httpx2.AsyncClient) -> None:
    lines = (await client.get("/metrics")).text.splitlines()
    explained: set[str] = set()
    for line in lines:
        if line.startswith("# TYPE"):
            explained.add(line.split()[2])
        elif not line.startswith("#"):
            assert re.split(r"[ {]", line)[0] in explained


async def test_a_runtime_in_trouble_does_not_hide_the_rest(client: httpx2.AsyncClient, world: World) -> None:
    async def troubled(_app_id: str | None = None) -> list[Status]:
        raise Retry("not now")

    cast(Any, world.runtime).units = troubled
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "headway_events_total" in answer.text


def a_status(state: str) -> Status:
    return Status(
        id="1",
        app_id="5",
        label="web-1",
        state=state,
        address=None,
        started_at=None,
        crashes=0,
        exit_code=None,
    )


async def test_a_database_that_is_away_is_told_with_when_to_come_back(
    client: httpx2.AsyncClient, world: World
) -> None:
    await world.database.close()
    for path in ("/healthz", "/metrics"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_who_calls_what_is_to_be_switched_off_is_told_by_ids_only(
    client: httpx2.AsyncClient, world: World, admin: Account
) -> None:
    (token,) = await accounts.tokens_of(world.database, admin.id)
    await note_calls(world, [LegacyCalls("old-things", token.id, admin.id, 3, 1_000_000, 2_500_000)])
    lines = (await client.get("/metrics")).text.splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    labels = f'route="old-things",account="{show(admin.id)}",token="{show(token.id)}"'
    assert f"headway_legacy_calls_total{{{labels}}} 3" in lines
    assert f"headway_legacy_last_call_timestamp_seconds{{{labels}}} 2" in lines
