"""Waiting, as a client does."""

from typing import Any

import httpx2


async def ended(client: httpx2.AsyncClient, reply: httpx2.Response) -> dict[str, Any]:
    """The operation that a command began, when it has ended."""
    assert reply.status_code == 202, reply.text
    seen: dict[str, Any] = (await client.get(reply.headers["location"].removeprefix("/headway/v1"))).json()
    while seen["finished_at"] is None:
        asked = {"after": seen["seq"], "wait": 30}
        seen = (await client.get(f"/operations/{seen['id']}", params=asked)).json()
    return seen
