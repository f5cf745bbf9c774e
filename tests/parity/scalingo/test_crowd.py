"""Two accounts and fifty clients at once, reading and changing: nothing breaks, nothing is lost, everything ends.

For fifteen seconds in the test command; HEADWAY_CROWD_SECONDS=60 for as long as that.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from headway import app
from tests.journeys.driving import SETTINGS, Platform, good, platform
from tests.ready_made import OTHER_SECRET, add_account

SECONDS = int(os.environ.get("HEADWAY_CROWD_SECONDS", "15"))
CLIENTS = 50
APP = "/v1/apps/crowded-app"
READS = (
    "/v1/apps", APP, f"{APP}/containers", f"{APP}/ps", f"{APP}/deployments", f"{APP}/variables", f"{APP}/logs",
    f"{APP}/child_apps", f"{APP}/collaborators", "/v1/users/self", "/v1/tokens", "/headway/v1/operations",
)  # fmt: skip


@dataclass
class Seen:
    """What all of them saw."""

    statuses: Counter[str] = field(default_factory=Counter[str])
    begun: set[str] = field(default_factory=set[str])
    """Where the operations of every 202 are followed."""
    wrong: list[str] = field(default_factory=list[str])
    kept: dict[str, str] = field(default_factory=dict[str, str])
    """The last value of each variable that was acknowledged."""


@dataclass
class Client:
    """One of the crowd."""

    n: int
    http: httpx2.AsyncClient
    seen: Seen
    chance: random.Random
    count: int = 0

    async def go(self, until: float) -> None:
        """One request after the other."""
        ways: list[Callable[[], Awaitable[Any]]] = [
            self.read, self.read, self.read, self.remember, self.scale, self.restart, self.set, self.make, self.name,
        ]  # fmt: skip
        while time.monotonic() < until:
            await self.chance.choice(ways)()

    async def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        reply = await self.http.request(method, path, json=body)
        self.seen.statuses[f"{method} {reply.status_code}"] += 1
        if reply.status_code >= 500:
            self.seen.wrong.append(f"{method} {path}: {reply.status_code} {reply.text}")
        if reply.status_code == 202:
            self.seen.begun.add(reply.headers["location"])
        return reply

    async def read(self) -> None:
        await self.ask("GET", self.chance.choice(READS))

    async def remember(self) -> None:
        """A variable that nobody else sets: what was acknowledged is there at once, and afterwards."""
        self.count += 1
        mine, value = f"MINE_{self.n}", str(self.count)
        body = {"variables": [{"name": mine, "value": value}, {"name": "OURS", "value": mine}]}
        reply = await self.ask("PUT", f"{APP}/variables", body)
        if reply.status_code == 200:
            self.seen.kept[mine] = value
            there = {
                it["name"]: it["value"]
                for it in (await self.ask("GET", f"{APP}/variables")).json()["variables"]
            }
            if there.get(mine) != value:
                self.seen.wrong.append(f"{mine} is {there.get(mine)}, {value} was acknowledged")

    async def scale(self) -> None:
        body = {"containers": [{"name": "worker", "amount": self.chance.randrange(3)}]}
        await self.change("POST", f"{APP}/scale", body)

    async def restart(self) -> None:
        await self.change("POST", f"{APP}/restart", {"scope": ["worker"]})

    async def set(self) -> None:
        await self.change("PATCH", APP, {"app": {"router_logs": self.chance.random() < 0.5}})

    async def change(self, method: str, path: str, body: Any) -> None:
        """What one operation at a time may do: whoever is refused is told which one is in the way."""
        reply = await self.ask(method, path, body)
        if reply.status_code == 409:
            holder = reply.json().get("operation", "")
            told = await self.ask("GET", f"{APP}/operations/{holder}")
            if told.status_code != 200:
                self.seen.wrong.append(f"409 without its holder: {reply.text}")
        elif reply.status_code not in {200, 202, 404}:
            self.seen.wrong.append(f"{method} {path}: {reply.status_code} {reply.text}")

    async def make(self) -> None:
        """An app of one's own, and away with it."""
        self.count += 1
        name = f"crowd-{self.n}-{self.count}"
        if (await self.ask("POST", "/v1/apps", {"app": {"name": name}})).status_code != 201:
            self.seen.wrong.append(f"{name} was not made")
        gone = await self.ask("DELETE", f"/v1/apps/{name}?current_name={name}")
        after = await self.ask("GET", f"/v1/apps/{name}")
        if (gone.status_code, after.status_code) != (204, 404):
            self.seen.wrong.append(f"{name} was not removed: {gone.status_code} {after.status_code}")

    async def name(self) -> None:
        """An API token, and away with it."""
        made = await self.ask("POST", "/v1/tokens", {"token": {"name": f"client {self.n}"}})
        gone = await self.ask("DELETE", f"/v1/tokens/{made.json()['token']['id']}")
        if (made.status_code, gone.status_code) != (201, 204):
            self.seen.wrong.append(f"a token: {made.status_code} {gone.status_code}")


async def both_accounts(made: Platform) -> list[str]:
    """The tokens of the owner and of a collaborator."""
    async with app.assembled(made.config) as seeded:
        await add_account(seeded.world, "guest", OTHER_SECRET)
    body = {"collaborator": {"email": "guest@example.com", "is_limited": False}}
    invited = (await made.ask("POST", f"{APP}/collaborators", json=body)).json()["collaborator"]
    headers = {"Authorization": f"Bearer {OTHER_SECRET}"}
    assert (await made.ask("GET", invited["invitation_link"], headers=headers)).status_code == 200
    return [(made.config.folder / "admin.token").read_text().strip(), OTHER_SECRET]


@pytest.mark.slow
@pytest.mark.timeout(240 + 3 * SECONDS)
async def test_a_crowd_breaks_nothing_and_loses_nothing() -> None:
    seen = Seen()
    async with platform(SETTINGS) as made:
        await made.create("crowded-app")
        assert (await made.deploy("crowded-app", good()))["status"] == "success"
        tokens = await both_accounts(made)
        until = time.monotonic() + SECONDS
        async with asyncio.TaskGroup() as group:
            for n in range(CLIENTS):
                group.create_task(one_client(n, made, tokens[n % 2], seen, until))
        ends = await asyncio.gather(*(made.ended(url) for url in seen.begun))
        there = (await made.ask("GET", f"{APP}/variables")).json()["variables"]
        alive = (await made.ask("GET", APP)).json()["app"]["status"]
    assert not seen.wrong, "\n".join(["", *seen.wrong[:20]])
    assert {it["name"]: it["value"] for it in there if it["name"] != "OURS"} == seen.kept
    assert [end for end in ends if end["status"] != "done"] == []
    assert alive == "running"
    # It was a crowd: some were let in, and some were in each other's way.
    assert len(seen.begun) > 1
    assert seen.statuses["POST 409"] > 1


async def one_client(n: int, made: Platform, token: str, seen: Seen, until: float) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    base = f"http://{made.config.listen}"
    async with httpx2.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=120) as http:
        await Client(n, http, seen, random.Random(n)).go(until)
