"""What is promised of trainings over HTTP, on each database: they are pools of training tasks by another name."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from headway.dialects.toloka import trainings
from headway.dialects.toloka.dialect import ROUTES, TOLOKA
from headway.engine.feed import Feed
from headway.web.ask import edge
from headway.web.dialect import mount
from tests import ready_made
from tests.labelling import project_body
from tests.outside import Outside
from tests.ready_made import SECRET

Json = dict[str, Any]
HINTS = {
    "known_solutions": [{"output_values": {"result": "cat"}}],
    "message_on_unknown_solution": "Look at its ears",
}


class Client:
    """Somebody who asks."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def ask(self, method: str, path: str, status: int, body: Any = None, **query: str) -> Any:
        """The body of the answer, which has this status."""
        path = path if path.startswith("/worker") else f"/api/v1{path}"
        reply = await self._http.request(method, path, json=body, params=query)
        assert reply.status_code == status, reply.text
        return reply.json() if reply.content else None

    async def done(self, path: str) -> Json:
        """What is begun there, once it has ended well."""
        it = await self.ask("POST", path, 202)
        async with asyncio.timeout(60):
            while it["status"] not in {"SUCCESS", "FAIL"}:
                it = await self.ask("GET", f"/operations/{it['id']}", 200)
                await asyncio.sleep(0.01)
        assert it["status"] == "SUCCESS", it
        return it


@pytest.fixture
async def client(outside: Outside) -> AsyncIterator[Client]:
    async with outside.at_work() as world:
        await ready_made.add_token(world, outside.by.account_id, SECRET)
        feed = Feed(world.database)
        site: Any = mount(edge(world, feed), [TOLOKA])
        headers = {"authorization": f"OAuth {SECRET}"}
        transport = httpx2.ASGITransport(site)
        async with httpx2.AsyncClient(transport=transport, base_url="http://site", headers=headers) as http:
            yield Client(http)
        feed.close()


@pytest.fixture
async def training(client: Client) -> Json:
    """A new one."""
    project = await client.ask("POST", "/projects", 201, project_body())
    said = {"private_name": "how", "assignment_max_duration_seconds": 60, "project_id": project["id"]}
    wrong = await client.ask("POST", "/trainings", 400, said)
    assert set(wrong["payload"]) == {"training_tasks_in_task_suite_count"}
    return await client.ask("POST", "/trainings", 201, said | {"training_tasks_in_task_suite_count": 1})


def task(training: Json, **more: Any) -> Json:
    return {"pool_id": training["id"], "overlap": 1, "input_values": {"image": "https://x"}} | more


def test_every_handler_is_walked_through_here() -> None:
    handlers = [it.handler for it in ROUTES if it.handler.__module__ == trainings.__name__]
    assert len(handlers) == 9


async def test_it_takes_training_tasks_only(client: Client, training: Json) -> None:
    wrong = await client.ask("POST", "/tasks", 400, task(training))
    assert set(wrong["payload"]) == {"known_solutions", "message_on_unknown_solution"}
    await client.ask("POST", "/tasks", 201, task(training, **HINTS))


async def test_it_lives_as_a_pool_does(client: Client, training: Json) -> None:
    at = f"/trainings/{training['id']}"
    await client.ask("POST", "/tasks", 201, task(training, **HINTS))
    opened = await client.done(f"{at}/open")
    assert (opened["type"], opened["parameters"]) == ("TRAINING.OPEN", {"training_id": training["id"]})
    (job,) = (await client.ask("GET", "/worker/v1/pools", 200, user_id="ann"))["items"]
    assert (job["id"], job["left"], job["reward_per_assignment"]) == (training["id"], 1, 0)
    await client.ask("PUT", at, 409, training)
    await client.done(f"{at}/close-for-update")
    changed = await client.ask("PUT", at, 200, training | {"private_name": "so"})
    assert changed["private_name"] == "so"
    await client.ask("POST", f"{at}/close", 204)
    cloned = (await client.done(f"{at}/clone"))["details"]["training_id"]
    await client.done(f"{at}/archive")
    page = await client.ask("GET", "/trainings", 200, project_id=training["project_id"], sort="-id")
    states = [(one["id"], one["status"]) for one in page["items"]]
    assert states == [(cloned, "CLOSED"), (training["id"], "ARCHIVED")]
    assert (await client.ask("GET", f"/trainings/{cloned}", 200))["private_name"] == "so"


async def test_it_is_no_pool_to_those_who_ask_for_pools(client: Client, training: Json) -> None:
    within = {"project_id": training["project_id"]}
    assert (await client.ask("GET", "/pools", 200, **within))["items"] == []
    await client.ask("GET", f"/pools/{training['id']}", 404)
    await client.ask("POST", f"/pools/{training['id']}/open", 404)
