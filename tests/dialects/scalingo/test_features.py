"""What the platform offers."""

import re

import pytest
from starlette.types import ASGIApp

from tests.dialects.scalingo.conftest import speaking


@pytest.mark.parametrize("noun", ["stacks", "container_sizes", "metrics"])
async def test_anybody_may_ask_what_there_is(site: ASGIApp, noun: str) -> None:
    async with speaking(site, "") as nobody:
        reply = await nobody.get(f"/v1/features/{noun}")
    assert reply.status_code == 200
    assert reply.json()[noun]


async def test_exactly_one_stack_is_the_default(site: ASGIApp) -> None:
    async with speaking(site, "") as nobody:
        stacks = (await nobody.get("/v1/features/stacks")).json()["stacks"]
    assert [stack["default"] for stack in stacks].count(True) == 1
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", stack["deprecated_at"] or "2000-01-01") for stack in stacks)


async def test_sizes_come_smallest_first_and_in_whole_numbers(site: ASGIApp) -> None:
    async with speaking(site, "") as nobody:
        sizes = (await nobody.get("/v1/features/container_sizes")).json()["container_sizes"]
    assert [size["name"] for size in sizes] == ["S", "M", "L", "XL", "2XL"]
    assert all(isinstance(size["memory"], int) for size in sizes)
