"""Every example request of the documents, sent as it is printed, on a real platform with a real app."""

import asyncio
import json
import re
import tomllib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from headway import app
from tests.journeys.driving import SETTINGS, Platform, good, platform
from tests.ready_made import OTHER_SECRET, add_account

RECORDED = Path(__file__).parent / "recorded"
APP = "/v1/apps/example-app"
HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}
FOLLOWED = {"operations.toml": "Scale an application"}
"""A document whose examples follow on one of the main document."""
QUICK = f"{SETTINGS}hot_log_bytes = 10000\n"
Example = dict[str, Any]


def examples() -> list[Example]:
    """All, in the order in which they can be sent."""
    found: list[Example] = tomllib.loads((RECORDED / "applications.toml").read_text())["example"]
    for name, behind in FOLLOWED.items():
        more = tomllib.loads((RECORDED / name).read_text())["example"]
        at = next(n for n, one in enumerate(found) if one["name"] == behind) + 1
        found[at:at] = more
    return found


TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in {int, float},
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "date": lambda value: isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None,
}


def values(body: Any, path: str) -> list[Any]:
    """What stands at the path; KeyError where nothing does, also where a list is empty."""
    found = [body]
    for part in re.findall(r"\[\]|[^.\[\]]+", path):
        found = [inner for one in found for inner in (one if part == "[]" else [one[part]])]
    if not found:
        raise KeyError(path)
    return found


def faults(example: Example, reply: httpx2.Response) -> list[str]:
    """In what the answer is not as it is documented."""
    if reply.status_code != example["status"]:
        return [f"{reply.status_code} {reply.text[:300]}"]
    found = [f"no {name}" for name in example.get("headers", ()) if name not in reply.headers]
    body = reply.json() if reply.content else None
    for field in example.get("fields", ()):
        path, _, kind = field.partition(" ")
        try:
            of_type = TYPES[kind.rstrip("?")]
            wrong = [
                one
                for one in values(body, path)
                if not (of_type(one) or (one is None and kind.endswith("?")))
            ]
        except (KeyError, TypeError, ValueError):
            wrong = ["not there"]
        found += [f"{path} should be {kind}: {one!r}" for one in wrong]
    return found


class Reader:
    """Somebody who goes through the document and does what it says."""

    def __init__(self, made: Platform) -> None:
        self.made = made
        self.operation = ""

    async def send(self, example: Example) -> httpx2.Response:
        """As printed; only the host, the token and what a platform names itself are replaced."""
        path = example["url"].removeprefix("https://$SCALINGO_API_URL").replace("$OPERATION", self.operation)
        reply = await self.made.ask(example["method"], path, headers=HEADERS, content=example.get("body"))
        if reply.status_code == 202:
            location = reply.headers["Location"]
            assert location.startswith(f"http://{self.made.config.listen}{APP}/operations/")
            self.operation = location.rpartition("/")[2]
            assert (await self.made.ended(location))["status"] == "done"
        return reply

    async def before(self, example: Example) -> None:
        """What the document takes for granted."""
        prepare: dict[str, Callable[[], Awaitable[Any]]] = {
            "Get a precise application": self._deploy,
            "Access to the application logs archives": self._archives,
            "Create a child application": lambda: self.made.create("example-parent-app"),
            "Get metrics data of an application": self._measured,
            "Transfer ownership of an application": self._collaborator,
            "Delete an application": self._given_back,
        }
        if example["name"] in prepare:
            await prepare[example["name"]]()

    async def _deploy(self) -> None:
        assert (await self.made.deploy("example-app", good()))["status"] == "success"
        await self.made.change(f"{APP}/scale", {"containers": [{"name": "worker", "amount": 1}]})

    async def _archives(self) -> None:
        """The app says something all the time."""
        while not (await self.made.ask("GET", f"{APP}/logs_archives")).json()["archives"]:
            await asyncio.sleep(0.1)

    async def _measured(self) -> None:
        """It has been looked at once."""
        while not (await self.made.ask("GET", f"{APP}/stats/cpu/web/1")).json():
            await asyncio.sleep(0.2)

    async def _collaborator(self) -> None:
        async with app.assembled(self.made.config) as platform:
            await add_account(platform.world, "user2", OTHER_SECRET)
        body = {"collaborator": {"email": "user2@example.com", "is_limited": False}}
        reply = await self.made.ask("POST", f"{APP}/collaborators", json=body)
        assert reply.status_code == 201, reply.text
        accepted = await self._as_user2("GET", reply.json()["collaborator"]["invitation_link"])
        assert accepted.status_code == 200

    async def _given_back(self) -> None:
        admin = (await self.made.ask("GET", "/v1/users/self")).json()["user"]["email"]
        reply = await self._as_user2("PATCH", APP, json={"app": {"owner": admin}})
        assert reply.status_code == 200, reply.text

    async def _as_user2(self, method: str, path: str, **given: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {OTHER_SECRET}"}
        return await self.made.ask(method, path, headers=headers, **given)


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_every_example_is_answered_as_it_is_documented() -> None:
    found: list[str] = []
    async with platform(QUICK) as made:
        reader = Reader(made)
        for example in examples():
            await reader.before(example)
            reply = await reader.send(example)
            found += [f"{example['name']}: {fault}" for fault in faults(example, reply)]
    assert not found, "\n".join(["", *found])


def test_what_is_not_as_it_is_documented_is_told() -> None:
    example = {
        "status": 200,
        "headers": ["Location"],
        "fields": ["a.b string", "a.c date?", "l[].n integer", "e[].x string"],
    }
    body = {"a": {"b": 1, "c": "2026-11-22 10:00"}, "l": [{"n": 1}, {"n": 1.5}], "e": []}
    reply = httpx2.Response(200, content=json.dumps(body))
    assert faults(example, reply) == [
        "no Location",
        "a.b should be string: 1",
        "a.c should be date?: '2026-11-22 10:00'",
        "l[].n should be integer: 1.5",
        "e[].x should be string: 'not there'",
    ]
    assert faults(example, httpx2.Response(201, text="made")) == ["201 made"]
