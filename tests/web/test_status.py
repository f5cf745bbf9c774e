import httpx2

from headway.domain.world import World
from headway.web.status import status


async def test_a_platform_that_answers_is_well(world: World) -> None:
    transport = httpx2.ASGITransport(status(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://h") as http:
        reply = await http.get("/healthz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


async def test_its_metrics_are_in_the_words_of_prometheus(world: World) -> None:
    transport = httpx2.ASGITransport(status(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://h") as http:
        reply = await http.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "headway_events_total 0\n" in reply.text
    assert all(line.startswith(("# ", "headway_")) for line in reply.text.splitlines())
