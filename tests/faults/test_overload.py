"""Ten times more than there is room for: the rest hears at once when to come back, memory stays, and it recovers."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.databases import Databases, Server, fresh
from tests.faults.figures import Figures
from tests.faults.site import admin_of, says_later
from tests.faults.wire import Wire
from tests.journeys.driving import SETTINGS, Platform, good, platform
from tests.ready_made import peopled, world_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
PLACES, CONNECTIONS, TIMES = 20, 20, 10
APP = "journey"
GROWTH_BYTES_MAX = 48 << 20


async def test_requests_beyond_the_bound_are_refused_at_once_in_their_dialect(
    server: Server, tmp_path: Path
) -> None:
    wire = Wire(server)
    async with fresh(server) as url, wire.laid(url) as far:
        databases = Databases(far)
        database = await databases.another()
        world = await peopled(world_on(database, tmp_path, requests_at_once_max=PLACES))
        async with admin_of(world) as client:
            assert (await client.get("/v1/apps")).status_code == 200
            wire.hold()
            asked = [asyncio.ensure_future(one) for one in both_dialects(client, PLACES * TIMES)]
            refused = [await one async for one in first(asked, PLACES * (TIMES - 1))]
            assert {says_later(it) for it in refused} == {"too many requests at once, try again soon"}
            assert {it.url.path for it in refused} == {"/v1/apps", "/headway/v1/operations"}
            wire.mend()
            answered = [it for it in await asyncio.gather(*asked) if it not in refused]
            assert [it.status_code for it in answered] == [200] * PLACES
            again = await asyncio.gather(*both_dialects(client, PLACES))
            assert [it.status_code for it in again] == [200] * PLACES
        await databases.close()


def both_dialects(client: httpx2.AsyncClient, count: int):
    """So many requests that have to ask the database."""
    for n in range(count):
        yield client.get("/v1/apps" if n % 2 else f"/headway/v1/operations?limit={n % 90 + 1}")


async def first(
    asked: list["asyncio.Future[httpx2.Response]"], count: int
) -> AsyncIterator["asyncio.Future"]:
    """The first so many that are answered."""
    for answer in asyncio.as_completed(asked):
        yield answer
        count -= 1
        if not count:
            return


async def test_a_platform_under_ten_times_its_connections_stays_small_and_recovers(figures: Figures) -> None:
    async with platform(f"{SETTINGS}connections_max = {CONNECTIONS}\n") as made:
        await made.create(APP)
        assert (await made.deploy(APP, good()))["status"] == "success"
        begun = await made.insist("POST", f"/v1/apps/{APP}/restart", {})
        before, statuses = resident(made.pid), Counter[int]()
        token = (made.config.folder / "admin.token").read_text().strip()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS * TIMES):
                group.create_task(many(made.config.listen, token, statuses))
        grown = resident(made.pid) - before
        assert statuses[200] > 0, statuses
        assert statuses[503] > 0, statuses
        assert set(statuses) <= {200, 503, 0}
        assert grown < GROWTH_BYTES_MAX
        assert (await ended(made, begun.headers["location"]))["status"] == "done"
        assert (await made.change(f"/v1/apps/{APP}/restart", {}))["status"] == "done"
        figures.say(
            "10 x overload over HTTP",
            answered=statuses[200],
            told_to_come_again=statuses[503],
            cut_off=statuses[0],
            grown_bytes=grown,
        )


async def ended(made: Platform, url: str) -> dict[str, object]:
    """The operation at its end; whoever asks may be told to come again."""
    while (await made.insist("GET", url)).status_code == 503:
        await asyncio.sleep(0.05)
    return await made.ended(url)


async def many(address: str, token: str, statuses: Counter[int]) -> None:
    """Ask five times, on one connection while it lasts; 0 stands for one that was cut off without an answer."""
    host, port = address.split(":")
    asked = (
        f"GET /headway/v1/operations HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    connection = None
    for _ in range(5):
        try:
            connection = connection or await asyncio.open_connection(host, int(port))
            connection[1].write(asked)
            status = await answer(connection[0])
        except (OSError, EOFError):
            status = 0
        statuses[status] += 1
        if status != 200 and connection is not None:
            connection[1].transport.abort()
            connection = None
    if connection is not None:
        connection[1].transport.abort()


async def answer(reader: asyncio.StreamReader) -> int:
    """The status of the next answer, which is read whole."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head.lower())
    assert found
    await reader.readexactly(int(found[1]))
    return int(head.split()[1])


def resident(pid: int) -> int:
    """How much memory a process has."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) << 10
