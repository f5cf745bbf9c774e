"""What crashes the vendor's clients, and where they and the documents contradict each other, asked of a real platform.

recorded/quirks.toml lists every case with the test that shows it; those that stand here are called one after the other.
"""

import base64
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
import pytest

from tests.journeys.driving import SETTINGS, Platform, good, platform

APP = "/v1/apps/quirky-app"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0wbdmWqFkxSbPiGWYZ3y4jBLnEa5DFHHvlKlqRFIhn laptop"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC \[[\w-]+\]( .*)?")
WHOLE = {
    "amount", "cpu_usage", "memory_usage", "memory_limit", "image_size", "type_index", "duration", "current_page",
    "total_pages", "total_count", "ordinal", "pids_limit", "memory", "swap",
}  # fmt: skip


@dataclass
class Site:
    """A platform with an app that was deployed; every JSON that it says is kept."""

    made: Platform
    said: list[Any] = field(default_factory=list[Any])

    async def ask(
        self, method: str, path: str, status: int, body: Any = None, **given: Any
    ) -> httpx2.Response:
        """One request, answered with exactly that status."""
        reply = await self.made.ask(method, path, json=body, **given)
        assert reply.status_code == status, f"{method} {path}: {reply.status_code} {reply.text[:300]}"
        if reply.headers.get("content-type", "").startswith("application/json"):
            self.said.append(reply.json())
        return reply

    async def told(self, path: str, status: int = 200) -> Any:
        """What is told at a path."""
        return (await self.ask("GET", path, status)).json()


async def a_jwt_says_when_it_ends(site: Site) -> None:
    reply = await site.ask("POST", "/v1/tokens/exchange", 200, {})
    parts = reply.json()["token"].split(".")
    head, claims = (json.loads(base64.urlsafe_b64decode(f"{part}==")) for part in parts[:2])
    assert len(parts) == 3
    assert head["alg"] == "HS256"
    assert isinstance(claims["exp"], int)


async def the_region_has_a_host_with_a_dot(site: Site) -> None:
    host = {"Host": f"localhost:{site.made.config.listen.rpartition(':')[2]}", "Authorization": ""}
    (region,) = (await site.ask("GET", "/v1/regions", 200, headers=host)).json()["regions"]
    assert "." in region["api"].removeprefix("http://").partition(":")[0]
    assert region["default"] is True
    assert re.fullmatch(r".+:\d+", region["ssh"])


async def every_app_has_its_links(site: Site) -> None:
    apps = [(await site.told(APP))["app"], *(await site.told("/v1/apps"))["apps"]]
    apps.append((await site.told(f"{APP}/logs"))["app"])
    assert all(app["links"]["deployments_stream"].startswith("ws://") for app in apps)


async def every_container_has_a_label_and_a_beginning(site: Site) -> None:
    types, running = await site.told(f"{APP}/containers"), await site.told(f"{APP}/ps")
    assert {"id", "app_id", "name", "amount", "size", "command"} == set(types["containers"][0])
    assert [(one["label"], bool(one["created_at"])) for one in running["containers"]] == [("web-1", True)]


async def every_deployment_has_a_pusher_and_a_beginning(site: Site) -> None:
    (one,) = (await site.told(f"{APP}/deployments"))["deployments"]
    assert one["pusher"]["username"]
    assert one["created_at"]


async def a_one_off_is_attached_where_a_client_can_dial(site: Site) -> None:
    reply = await site.ask("POST", f"{APP}/run", 200, {"command": "true", "size": "M"})
    said = reply.json()
    assert said["container"]["label"].startswith("one-off-")
    assert said["operation_url"] == reply.headers["location"]
    assert said["operation_url"].endswith(said["operation"])
    done = await site.made.ended(said["operation_url"])
    assert done["start_one_off_data"]["attach_url"] == said["attach_url"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[0-9a-f]+", said["attach_url"])


async def a_log_is_whole_lines_with_five_fields(site: Site) -> None:
    url = (await site.told(f"{APP}/logs"))["logs_url"]
    assert "?" in url
    text = (await site.made.ask("GET", f"{url}&n=50", headers={"Authorization": ""})).text
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []


async def a_short_key_is_refused(site: Site) -> None:
    refused = await site.ask("POST", "/v1/keys", 422, {"key": {"name": "short", "content": "ssh-rsa AAAA"}})
    assert "content" in refused.json()["errors"]


async def keys_and_tokens_are_made_nested_or_not(site: Site) -> None:
    for body in ({"key": {"name": "k", "content": f"{KEY}\n"}}, {"name": "k", "content": KEY}):
        id = (await site.ask("POST", "/v1/keys", 201, body)).json()["key"]["id"]
        await site.ask("DELETE", f"/v1/keys/{id}", 204)
    for body in ({"token": {"name": "t"}}, {"name": "t"}):
        id = (await site.ask("POST", "/v1/tokens", 201, body)).json()["token"]["id"]
        await site.ask("DELETE", f"/v1/tokens/{id}", 204)


async def each_change_is_answered_with_the_one_status_that_clients_take(site: Site) -> None:
    source = (await site.ask("POST", "/v1/sources", 201, {})).json()["source"]
    unproven = {"Authorization": "", "Content-Type": "application/x-gzip"}
    put = await site.made.ask("PUT", source["upload_url"], content=good(), headers=unproven)
    assert put.status_code == 200
    body = {"deployment": {"git_ref": None, "source_url": source["download_url"]}}
    await site.ask("POST", "/v1/apps", 201, {"app": {"name": "other-app"}})
    begun = (await site.ask("POST", "/v1/apps/other-app/deployments", 201, body)).json()["deployment"]
    assert (await site.made.deployed("other-app", begun["id"]))["status"] == "success"
    for path, asked in (("restart", {"scope": []}), ("restart", {}), ("scale", {"containers": []})):
        reply = await site.ask("POST", f"/v1/apps/other-app/{path}", 202, asked)
        assert reply.headers["location"].startswith("http://127.0.0.1:")
        await site.made.ended(reply.headers["location"])


async def an_app_that_was_never_deployed_is_scaled_at_once(site: Site) -> None:
    await site.ask("POST", "/v1/apps", 201, {"app": {"name": "never-deployed"}})
    zero = {"app_id": "", "name": "web", "amount": 2, "command": "", "size": ""}
    reply = await site.ask("POST", "/v1/apps/never-deployed/scale", 202, {"containers": [zero]})
    assert (await site.made.ended(reply.headers["location"]))["status"] == "done"


async def settings_change_nested_or_not(site: Site) -> None:
    for method, body in (
        ("PUT", {"force_https": True}),
        ("PATCH", {"app": {"force_https": False}}),
        ("PATCH", {"sticky_session": True}),
        ("PUT", {"app": {"sticky_session": False}}),
    ):
        app = (await site.ask(method, APP, 200, body)).json()["app"]
        assert body.get("app", body).items() <= app.items()


async def an_app_is_given_away_with_its_name_or_without(site: Site) -> None:
    wrong = await site.ask("PATCH", f"{APP}?current_name=other", 422, {"app": {"owner": "x@example.com"}})
    assert "current_name" in wrong.json()["errors"]
    # Without a name it gets further: there is no such collaborator.
    assert (
        "owner" in (await site.ask("PATCH", APP, 422, {"app": {"owner": "x@example.com"}})).json()["errors"]
    )


async def a_name_has_up_to_32_characters(site: Site) -> None:
    await site.ask("POST", "/v1/apps", 422, {"app": {"name": "a" * 33}})
    dry = {"X-Dry-Run": "true"}
    await site.ask("POST", "/v1/apps", 201, {"app": {"name": "a" * 32}}, headers=dry)


async def children_are_listed_as_any_list(site: Site) -> None:
    await site.ask("POST", f"{APP}/child_apps", 201, {"app": {"name": "quirky-child"}})
    assert [one["parent_app_name"] for one in (await site.told(f"{APP}/child_apps"))["child_apps"]] == [
        "quirky-app"
    ]


async def a_new_collaborator_is_an_object(site: Site) -> None:
    body = {"collaborator": {"email": "somebody@example.com", "is_limited": False}}
    one = (await site.ask("POST", f"{APP}/collaborators", 201, body)).json()["collaborator"]
    assert (one["email"], one["username"]) == ("somebody@example.com", "n/a")


async def there_is_a_list_of_autoscalers(site: Site) -> None:
    assert await site.told(f"{APP}/autoscalers") == {"autoscalers": []}


async def every_refusal_is_json_with_a_text(site: Site) -> None:
    unproven = {"headers": {"Authorization": ""}}
    refused = [
        await site.ask("GET", "/v1/apps", 401, **unproven),
        await site.ask("GET", "/v1/apps/no-such-app", 404),
        await site.ask("GET", "/v1/no/such/path", 404),
        await site.ask("PATCH", "/v1/apps", 405, {}),
        await site.ask("POST", "/v1/apps", 422, {}),
        await site.ask("POST", f"{APP}/scale", 404, {"containers": [{"name": "nobody", "amount": 1}]}),
        await site.ask("GET", f"{APP}/operations/{'0' * 24}", 404),
    ]
    assert all(isinstance(reply.json()["error"], str) for reply in refused)
    assert refused[1].json()["resource"] == "app"
    assert refused[4].json()["errors"] == {"app": ["missing field"]}


async def nobody_is_told_that_they_are_an_administrator(site: Site) -> None:
    assert not (await site.told("/v1/users/self"))["user"]["flags"].get("admin")


async def a_value_has_up_to_32768_characters(site: Site) -> None:
    long = {"variable": {"name": "LONG", "value": "x" * 32768}}
    assert (await site.ask("POST", f"{APP}/variables", 201, long)).json()["variable"]["value"] == "x" * 32768
    await site.ask("POST", f"{APP}/variables", 422, {"variable": {"name": "LONG", "value": "x" * 32769}})


async def nothing_that_was_said_has_a_type_that_breaks_a_decoder(site: Site) -> None:
    """Comes last: it looks at all that was said."""
    for path in ("/v1/features/stacks", "/v1/features/container_sizes", "/v1/tokens", f"{APP}/deployments"):
        await site.told(path)
    wrong = [(name, value) for said in site.said for name, value in fields(said) if breaks(name, value)]
    assert wrong == []


def fields(value: Any) -> Iterator[tuple[str, Any]]:
    """Every field in it, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from fields(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from fields(inner)


def breaks(name: str, value: Any) -> bool:
    if value is None:
        return False
    if name == "deprecated_at":
        return not re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    if name.endswith("_at") or name == "validity":
        return not (isinstance(value, str) and "T" in value and datetime.fromisoformat(value).tzinfo)
    if name == "flags":
        return any(not isinstance(flag, bool) for flag in value.values())
    return name in WHOLE and type(value) is not int


QUIRKS: tuple[Callable[[Site], Awaitable[None]], ...] = (
    a_jwt_says_when_it_ends,
    the_region_has_a_host_with_a_dot,
    every_app_has_its_links,
    every_container_has_a_label_and_a_beginning,
    every_deployment_has_a_pusher_and_a_beginning,
    a_one_off_is_attached_where_a_client_can_dial,
    a_log_is_whole_lines_with_five_fields,
    a_short_key_is_refused,
    keys_and_tokens_are_made_nested_or_not,
    each_change_is_answered_with_the_one_status_that_clients_take,
    an_app_that_was_never_deployed_is_scaled_at_once,
    settings_change_nested_or_not,
    an_app_is_given_away_with_its_name_or_without,
    a_name_has_up_to_32_characters,
    children_are_listed_as_any_list,
    a_new_collaborator_is_an_object,
    there_is_a_list_of_autoscalers,
    every_refusal_is_json_with_a_text,
    nobody_is_told_that_they_are_an_administrator,
    a_value_has_up_to_32768_characters,
    nothing_that_was_said_has_a_type_that_breaks_a_decoder,
)


@pytest.mark.slow
@pytest.mark.shows(
    "PUT /v1/apps/:app",
    "GET /v1/apps/:app/ps",
    "GET /v1/apps/:app/autoscalers",
    "POST /v1/sources",
    "PUT upload_url",
)
async def test_nothing_that_crashes_or_confuses_a_client_is_said() -> None:
    async with platform(SETTINGS) as made:
        await made.create("quirky-app")
        assert (await made.deploy("quirky-app", good()))["status"] == "success"
        site = Site(made)
        for quirk in QUIRKS:
            await quirk(site)
