import asyncio

import httpx2
import msgspec
import pytest

from headway.model.operations import NewEvent
from headway.store import events
from headway.store.database import Tx
from tests.dialects.headway.ending import ended
from tests.outside import Outside

Client = httpx2.AsyncClient


async def lines(client: Client, path: str, **asked: str | int) -> list[dict[str, object]]:
    reply = await client.get(path, params={"format": "ndjson", "follow": "false", **asked})
    assert reply.headers["content-type"].startswith("application/x-ndjson")
    return [msgspec.json.decode(line) for line in reply.text.splitlines() if line]


async def test_everything_is_told_from_any_point_once_and_in_order(live: Client) -> None:
    all = await lines(live, "/events", after=0)
    seqs = [int(str(it["seq"])) for it in all]
    assert seqs == sorted(set(seqs))
    middle = seqs[len(seqs) // 2]
    assert await lines(live, "/events", after=middle) == [it for it in all if int(str(it["seq"])) > middle]


async def test_without_a_point_the_stream_of_everything_begins_with_now(live: Client) -> None:
    assert await lines(live, "/events") == []


async def test_one_operation_is_told_from_its_beginning(live: Client) -> None:
    done = await ended(live, await live.post("/apps/hello-world/restart"))
    told = await lines(live, f"/operations/{done['id']}/events")
    assert told[0]["name"] == "operation.queued"
    assert told[-1]["name"] == "operation.succeeded"
    same = await live.get(f"/operations/{done['id']}/events", headers={"accept": "application/x-ndjson"})
    assert len(same.text.splitlines()) == len(told)
    assert (await live.get(f"/operations/{done['id']}/events")).text.count("\nevent: ") == len(told)


async def test_who_may_not_see_it_is_told_nothing(live: Client, guest: Client) -> None:
    done = await ended(live, await live.post("/apps/hello-world/restart"))
    assert (await guest.get(f"/operations/{done['id']}/events")).status_code == 404
    assert await lines(guest, "/events", after=0) == []


async def test_behind_an_event_that_is_not_kept_the_answer_is_where_things_stand(
    live: Client, outside: Outside
) -> None:
    now = outside.clock.now()

    async def body(tx: Tx) -> None:
        for _ in range(5):
            tx.append(NewEvent(at=now, name="app.scaled", by=outside.by))

    await outside.database.write(body)
    await outside.database.write(lambda tx: events.forget(tx, now + 1, 3))
    first = await outside.database.read(events.first)
    gone = await live.get("/events", params={"after": first - 2, "follow": "false"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "gone")
    seq = gone.json()["snapshot"]["seq"]
    assert gone.json()["snapshot"]["operations"] == []
    assert await lines(live, "/events", after=seq) == []
    assert (
        await live.get("/events", params={"after": seq + 1_000_000, "follow": "false"})
    ).status_code == 410
    assert len(await lines(live, "/events", after=0)) > 0


@pytest.mark.parametrize("asked", [{"after": "x"}, {"follow": "perhaps"}, {"format": "xml"}])
async def test_what_is_no_way_to_ask_is_refused(asked: dict[str, str], live: Client) -> None:
    async with asyncio.timeout(30):
        assert (await live.get("/events", params={"follow": "false", **asked})).status_code == 422
