import httpx2

from tests.dialects.headway.ending import ended

Client = httpx2.AsyncClient


async def test_a_command_that_comes_again_with_its_key_is_the_first_operation(live: Client) -> None:
    key = {"idempotency-key": "once"}
    first = await live.post("/apps/hello-world/restart", headers=key)
    await ended(live, first)
    second = await live.post("/apps/hello-world/restart", headers=key)
    assert second.headers["location"] == first.headers["location"]
    other = await live.post("/apps/hello-world/restart", json={"scope": ["web"]}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key-reused")
