"""Thirty things that a client of Workiva's relies on, each a test. Those with real clients are beside this file."""

import asyncio
import json
import uuid
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from headway import ids
from headway.clock import SECOND
from headway.dialects.workiva.asked import checked
from headway.domain.accounts.create_token import create_token
from headway.domain.world import World
from headway.errors import Unavailable
from headway.model.operations import Detail, Operation, Phase
from headway.store import events
from tests.dialects.workiva.conftest import Client, Opened, Working, speaking
from tests.dialects.workiva.moving import REQUEST, actor, bearer, ended, path, queued, started
from tests.ready_made import OTHER_SECRET, SECRET

LEGACY = "/platform/v1"
BODIES = {
    400: ("400BadRequest", "The request was unacceptable, often due to a missing or invalid parameter"),
    401: ("401Unauthorized", "No valid API token provided"),
    404: ("404NotFound", "The requested resource could not be found"),
    409: ("409Conflict", "The request conflicts with another request"),
    429: (
        "429TooManyRequests",
        "Too many requests have been made against the API in too short a time",
    ),
    503: (
        "503ServiceUnavailable",
        "The server cannot handle the request due to a temporary overload or scheduled maintenance",
    ),
}
BOTH = pytest.mark.parametrize("prefix", ["", LEGACY])
TOKEN_PATHS = pytest.mark.parametrize("token_path", ["/oauth2/token", "/iam/v1/oauth2/token"])
ORDER = ["acknowledged", "queued", "started", "completed"]


def is_refused(reply: httpx2.Response, status: int) -> bool:
    """Whether it is this body, to the byte."""
    code, message = BODIES[status]
    assert reply.content == json.dumps({"code": code, "message": message}, separators=(",", ":")).encode()
    assert reply.headers["content-type"] == "application/json"
    return reply.status_code == status


async def token(client: Client, **more: str) -> dict[str, Any]:
    """An access token for the API token."""
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET, **more}
    reply = await client.post("/oauth2/token", data=form)
    assert reply.status_code == 200, reply.text
    return reply.json()


# -- auth ----------------------------------------------------------------------------------------------------


@TOKEN_PATHS
async def test_scenario_01_a_token_comes_by_form_by_json_and_by_basic(
    client: Client, token_path: str
) -> None:
    fields = {"grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET}
    basic = httpx2.BasicAuth("me", SECRET)
    for given in (
        {"data": fields},
        {"json": fields},
        {"data": {"grant_type": fields["grant_type"]}, "auth": basic},
    ):
        reply = await client.post(token_path, **given)
        assert reply.status_code == 200, reply.text
        said = reply.json()
        assert set(said) == {"access_token", "expires_in", "scope", "token_type"}
        assert said["token_type"] == "Bearer"
        assert said["expires_in"] >= 120
        assert said["scope"] == "file:read file:write"


@TOKEN_PATHS
async def test_scenario_02_a_wrong_secret_and_a_wrong_grant_are_told_apart(
    client: Client, token_path: str
) -> None:
    wrong = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "no"}
    refused = await client.post(token_path, data=wrong)
    assert (refused.status_code, refused.json()["error"]) == (401, "unauthorized_client")
    for form in ({"grant_type": "password"}, {"client_secret": SECRET}):
        refused = await client.post(token_path, data=form)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


@BOTH
async def test_scenario_03_nobody_reads_an_operation_without_a_valid_token(
    client: Client, world: World, prefix: str
) -> None:
    it = await queued(world)
    made = (await token(client))["access_token"]
    assert (await client.get(path(it, prefix), headers=bearer(made))).status_code == 200
    world.clock.ahead += 3600  # type: ignore[attr-defined]
    for header in ("", "Bearer", "Bearer garbage", "Basic x", f"Bearer {made}"):
        reply = await client.get(path(it, prefix), headers={"authorization": header})
        assert is_refused(reply, 401), header
        assert reply.headers["www-authenticate"] == "Bearer"


@BOTH
async def test_scenario_04_a_token_without_any_scope_reads_an_operation(
    client: Client, world: World, prefix: str
) -> None:
    it = await queued(world)
    made = await token(client, scope="")
    assert made["scope"] == ""
    reply = await client.get(path(it, prefix), headers=bearer(made["access_token"]))
    assert reply.status_code == 200


# -- the operation -------------------------------------------------------------------------------------------


@BOTH
async def test_scenario_05_a_running_operation_is_the_example_to_the_byte(
    client: Client, world: World, prefix: str
) -> None:
    it = await started(world)
    reply = await client.get(path(it, prefix))
    second = json.loads(reply.content)
    expected = {
        "created": {"dateTime": second["created"]["dateTime"]},
        "id": ids.show(it.id),
        "originalRequest": str(uuid.UUID(REQUEST)),
        "status": "started",
        "updated": {"dateTime": second["updated"]["dateTime"]},
    }
    assert reply.content == json.dumps(expected, separators=(",", ":")).encode()
    assert reply.headers["content-type"] == "application/json"
    assert int(reply.headers["retry-after"]) >= 1
    assert len(second["created"]["dateTime"]) == len("2019-10-28T15:03:27Z")


async def test_scenario_06_what_came_of_a_completed_one_is_there_with_the_same_token(
    working: Working,
) -> None:
    made = (await token(working.client))["access_token"]
    folder = await working.folder("one.csv")
    for command in (f"/files/{folder}/copy", f"{LEGACY}/files/{folder}/export"):
        begun = await working.client.post(command, headers=bearer(made))
        reply = await working.last_look(begun, made)
        assert reply.json()["status"] == "completed"
        assert "retry-after" not in reply.headers
        url = reply.json()["resourceUrl"]
        assert url.startswith("http://127.0.0.1:8000/operations/")
        assert (await working.client.get(url, headers=bearer(made))).status_code == 200


async def test_scenario_07_a_failed_one_says_why(client: Client, world: World) -> None:
    it = await started(world)
    await ended(world, it, Phase.FAILED, Detail(code="no-paint", text="the paint is dry"))
    said = (await client.get(path(it))).json()
    assert said["status"] == "failed"
    assert said["details"] == [{"code": "no-paint", "message": "the paint is dry", "target": "wall:north"}]
    assert "resourceUrl" not in said


async def test_scenario_08_one_that_was_cancelled_in_our_own_dialect_is_cancelled(
    client: Client, world: World
) -> None:
    it = await queued(world)
    asked = await client.post(f"/headway/v1/operations/{ids.show(it.id)}/cancel", json={"reason": "rain"})
    assert asked.status_code == 202
    said = (await client.get(path(it))).json()
    assert said["status"] == "cancelled"
    assert said["details"][0]["code"] == "cancelled"


async def test_scenario_09_the_original_request_is_the_one_in_the_audit_log(working: Working) -> None:
    folder = await working.folder()
    begun = await working.client.post(f"/files/{folder}/copy")
    said = await working.end_of(begun)
    assert uuid.UUID(said["originalRequest"]).hex == begun.headers["x-request-id"]
    id = ids.parse(said["id"])
    assert id is not None
    first = (await working.world.database.read(lambda tx: events.of_operation(tx, id)))[0]
    assert (first.name, first.by.request_id) == ("operation.queued", begun.headers["x-request-id"])


async def test_scenario_10_statuses_only_go_forward_and_the_end_stays(opened: Opened) -> None:
    async with opened(workiva_polls_per_second=0, requests_per_minute=6000) as (client, world):
        seen: list[str] = []

        async def look(it: Operation) -> None:
            seen.append((await client.get(path(it))).json()["status"])

        it = await queued(world)
        await look(it)
        it = await started(world, "south")
        await look(it)
        await ended(world, it, Phase.SUCCEEDED)
        await look(it)
        assert seen == [word for word in ORDER if word in seen]
        whole = (await client.get(path(it))).content
        for _ in range(100):
            assert (await client.get(path(it))).content == whole
        # Another process over the same rows.
        async with speaking(world) as (again, _):
            assert (await again.get(path(it))).content == whole


@BOTH
async def test_scenario_12_unknown_foreign_and_malformed_ids_are_one(
    client: Client, world: World, prefix: str
) -> None:
    theirs = await queued(world, by=await actor(world, "other"))
    for id in ("0" * 24, ids.show(theirs.id), "129g274495354cf18edb6b3ea3d023b2", "%00", "x" * 5000, "💥"):
        assert is_refused(await client.get(f"{prefix}/operations/{id}"), 404), id


# -- beginning -----------------------------------------------------------------------------------------------


@BOTH
async def test_scenario_13_what_is_begun_says_where_to_follow_it(working: Working, prefix: str) -> None:
    folder = await working.folder()
    reply = await working.client.post(f"{prefix}/files/{folder}/copy", json={})
    assert reply.status_code == 202
    location = reply.headers["location"]
    assert location.startswith(f"http://127.0.0.1:8000{prefix}/operations/")
    assert not set("?#") & set(location)
    assert int(reply.headers["retry-after"]) >= 1
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == {"operationLocation": location}


async def test_scenario_14_an_operation_is_the_same_at_both_paths(opened: Opened) -> None:
    async with opened(workiva_polls_per_second=0) as (client, world):
        for it in (await queued(world), await started(world, "south")):
            old, new = [await client.get(path(it, prefix)) for prefix in (LEGACY, "")]
            assert (old.status_code, old.content) == (200, new.content)


@BOTH
async def test_scenario_15_a_second_one_on_the_same_file_is_a_conflict(
    client: Client, world: World, prefix: str
) -> None:
    folder = (await client.post("/headway/v1/folders", json={"name": "reports"})).json()["id"]
    # Nobody works, so the first one goes on.
    assert (await client.post(f"{prefix}/files/{folder}/copy")).status_code == 202
    assert is_refused(await client.post(f"{prefix}/files/{folder}/copy"), 409)
    assert is_refused(await client.post(f"{prefix}/files/{folder}/export"), 409)


@BOTH
async def test_scenario_16_nothing_need_be_said_where_nothing_is_required(
    working: Working, prefix: str
) -> None:
    folder = await working.folder()
    for verb in ("copy", "export"):
        request = working.client.build_request("POST", f"{prefix}/files/{folder}/{verb}")
        assert "content-type" not in request.headers
        assert (await working.end_of(await working.client.send(request)))["status"] == "completed"


# -- versions ------------------------------------------------------------------------------------------------


@BOTH
async def test_scenario_17_every_version_and_none_is_taken_on_either_path(
    opened: Opened, prefix: str
) -> None:
    async with opened(workiva_polls_per_second=0) as (client, world):
        it = await started(world)
        bodies = {
            (await client.get(path(it, prefix), headers=headers)).content
            for headers in ({}, {"X-Version": "2022-01-01"}, {"x-version": "2026-01-01"})
        }
        assert len(bodies) == 1
        assert json.loads(bodies.pop())["status"] == "started"


@BOTH
@pytest.mark.parametrize("version", ["1999-01-01", "banana", ""])
async def test_scenario_18_another_version_is_a_bad_request(
    client: Client, world: World, prefix: str, version: str
) -> None:
    it = await queued(world)
    assert is_refused(await client.get(path(it, prefix), headers={"X-Version": version}), 400)


# -- the rate limit ------------------------------------------------------------------------------------------


@BOTH
async def test_scenario_19_the_second_look_within_a_second_is_too_many(opened: Opened, prefix: str) -> None:
    # As slow as can be, so that the test may be slow too.
    async with opened(workiva_polls_per_second=0.001) as (client, world):
        it = await queued(world)
        assert (await client.get(path(it, prefix))).status_code == 200
        reply = await client.get(path(it))
        assert is_refused(reply, 429)
        pause = int(reply.headers["retry-after"])
        assert 900 < pause <= 1000
        world.clock.ahead += pause  # type: ignore[attr-defined]
        assert (await client.get(path(it))).status_code == 200


async def test_scenario_20_ten_operations_each_once_a_second_are_not_too_many(opened: Opened) -> None:
    async with opened() as (client, world):
        those = [await queued(world, f"wall {n}") for n in range(10)]
        for _ in range(5):
            assert {(await client.get(path(it))).status_code for it in those} == {200}
            world.clock.ahead += 1  # type: ignore[attr-defined]


# -- what is to be switched off ------------------------------------------------------------------------------


async def test_scenario_22_every_answer_of_a_legacy_path_says_when_it_ends(
    client: Client, world: World
) -> None:
    it = await queued(world)
    here, nowhere = path(it, LEGACY), f"{LEGACY}/operations/{'0' * 24}"
    answers = [
        await client.get(here),
        await client.get(here),
        await client.get(nowhere),
        await client.get(here, headers={"authorization": ""}),
        await client.get(here, headers={"x-version": "banana"}),
    ]
    assert [reply.status_code for reply in answers] == [200, 429, 404, 401, 400]
    for reply in answers:
        said = reply.headers
        assert said["deprecation"] == "@1770854400"
        assert said["sunset"] == "Wed, 31 Jan 2029 00:00:00 GMT"
        assert int(parsedate_to_datetime(said["sunset"]).timestamp()) >= int(said["deprecation"][1:])
        id = "0" * 24 if reply is answers[2] else ids.show(it.id)
        page = "http://127.0.0.1:8000/docs/deprecations/platform-v1-operations"
        assert said["link"].split(", ") == [
            f'<http://127.0.0.1:8000/operations/{id}>; rel="successor-version"',
            f'<{page}>; rel="deprecation"; type="text/html"',
            f'<{page}>; rel="sunset"; type="text/html"',
        ]
    shown = await client.get("/docs/deprecations/platform-v1-operations", headers={"authorization": ""})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "/platform/v1/operations/{operationId}" in shown.text


async def test_scenario_23_the_new_paths_say_nothing_of_it(client: Client, world: World) -> None:
    it = await queued(world)
    for reply in (await client.get(path(it)), await client.get(path(it)), await client.post("/oauth2/token")):
        assert not {"deprecation", "sunset", "link"} & set(reply.headers)


@pytest.mark.parametrize("enforced", [True, False])
async def test_scenario_24_past_the_sunset_it_is_gone_where_that_is_enforced(
    opened: Opened, enforced: bool
) -> None:
    async with opened(enforce_sunset=enforced) as (client, world):
        it = await queued(world)
        world.clock.ahead += 1864512000 - world.clock.now() // SECOND - 60  # type: ignore[attr-defined]
        assert (await client.get(path(it, LEGACY))).status_code == 200
        world.clock.ahead += 120  # type: ignore[attr-defined]
        reply = await client.get(path(it, LEGACY))
        assert reply.status_code == (410 if enforced else 200)
        assert 'rel="successor-version"' in reply.headers["link"]
        if enforced:
            assert reply.json()["code"] == "410Gone"
        assert (await client.post("/iam/v1/oauth2/token")).status_code == (410 if enforced else 400)
        world.clock.ahead += 1  # type: ignore[attr-defined]
        assert (await client.get(path(it))).status_code == 200


# -- trouble and limits --------------------------------------------------------------------------------------


@BOTH
async def test_scenario_28_a_platform_that_cannot_answer_now_says_when_to_come_again(
    opened: Opened, prefix: str
) -> None:
    async with opened(requests_at_once_max=0) as (client, world):
        it = await queued(world)
        reply = await client.get(path(it, prefix))
        assert is_refused(reply, 503)
        assert int(reply.headers["retry-after"]) >= 1
        assert ("deprecation" in reply.headers) == bool(prefix)


@BOTH
async def test_scenario_29_a_body_that_is_too_large_is_refused(client: Client, prefix: str) -> None:
    folder = (await client.post("/headway/v1/folders", json={"name": "reports"})).json()["id"]
    content = b'{"destinationContainer":"' + b"x" * (10 << 20) + b'"}'
    reply = await client.post(f"{prefix}/files/{folder}/copy", content=content)
    assert (reply.status_code, reply.json()["code"]) == (413, "413PayloadTooLarge")


async def test_scenario_30_no_answer_takes_longer_than_any_may() -> None:
    begun = asyncio.Event()

    async def slow(_ask: Any) -> Any:
        begun.set()
        await asyncio.Event().wait()

    handler: Any = checked(slow, seconds=0.01)
    with pytest.raises(Unavailable):
        await handler(SimpleNamespace(headers={}))
    assert begun.is_set()


async def test_a_revoked_api_token_takes_its_access_tokens_along(client: Client, world: World) -> None:
    by = await actor(world)
    kept, secret = await create_token(world, by.account_id, "laptop", by)
    made = (await token(client, client_secret=secret))["access_token"]
    it = await queued(world)
    assert (await client.get(path(it), headers=bearer(made))).status_code == 200
    assert (await client.delete(f"/v1/tokens/{ids.show(kept.id)}")).status_code == 204
    assert is_refused(await client.get(path(it), headers=bearer(made)), 401)


async def test_an_access_token_opens_this_dialect_only(client: Client) -> None:
    made = bearer((await token(client))["access_token"])
    for elsewhere in ("/v1/apps", "/headway/v1/operations"):
        assert (await client.get(elsewhere, headers=made)).status_code == 401
    assert (await client.get("/v1/apps", headers=bearer(OTHER_SECRET))).status_code == 200
