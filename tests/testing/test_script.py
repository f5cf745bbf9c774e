"""The little shell of the stand-ins."""

import asyncio

import pytest

from headway.clock import SystemClock
from headway.testing.script import run


async def told(script: str, *typed: bytes) -> tuple[int, list[bytes], int]:
    """How it ended, what it said, and how often something else was to be done."""
    said: list[bytes] = []
    others: list[None] = []
    lines = iter([*typed, b""])

    async def serve() -> None:
        others.append(None)

    async def keyboard() -> bytes:
        return next(lines)

    code = await run(script, {"WHOM": "world"}, SystemClock(), said.append, serve, typed=keyboard)
    return code, said, len(others)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("echo hello $WHOM", (0, [b"hello world"], 0)),
        ("echo a; exit 3; echo b", (3, [b"a"], 0)),
        ("serve; echo after", (0, [b"after"], 1)),
        ("sleep 0; cat", (0, [b"typed"], 0)),
    ],
)
async def test_each_word_does_what_it_says(script: str, outcome: tuple[int, list[bytes], int]) -> None:
    async with asyncio.timeout(60):
        assert await told(script, b"typed") == outcome
