"""A dialect tells what it is."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from headway.web.described import described
from tests.web.conftest import Client, MakeApp, speaking_to
from tests.web.test_openapi import ABOUT, ROUTES, refuse

Stranger = AbstractAsyncContextManager[Client]


@pytest.fixture
def stranger(make_app: MakeApp) -> AbstractAsyncContextManager[Client]:
    about = replace(ABOUT, at="/small")
    return speaking_to(make_app(*described(about, ROUTES, refuse)), "")


async def test_anybody_is_told_it_for_machines_and_for_people(stranger: Stranger) -> None:
    async with stranger as client:
        machines, people = await client.get("/small/openapi.json"), await client.get("/small/openapi")
    assert machines.headers["content-type"] == "application/json"
    assert {"/t/things", "/small/openapi.json"} <= set(machines.json()["paths"])
    assert people.headers["content-type"].startswith("text/html")
    assert "<h1>Things</h1>" in people.text


async def test_who_knows_it_already_is_not_told_again(stranger: Stranger) -> None:
    async with stranger as client:
        first = await client.get("/small/openapi.json")
        again = await client.get("/small/openapi.json", headers={"if-none-match": first.headers["etag"]})
        other = await client.get("/small/openapi.json", headers={"if-none-match": '"other"'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "content-length" not in again.headers
    assert other.content == first.content
