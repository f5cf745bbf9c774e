"""A poller that does what Workiva's own library was measured to do, and no more: it waits for an operation to end.

It looks at once, then as long apart as `Retry-After` says (2 s where it says nothing, 1 s at least, 60 s at most). It
connects again where nobody answers, and comes again after 429 and 503 as they say. A 401 makes it fetch another token,
once. It takes the last part of `Location` as the id, and looks at `/operations/{id}` whatever the path was.

The library gives up connecting after 7 to 12 seconds. Here it is a minute, since the machine may be slow, and how long
nobody answered is kept, to be looked at.
"""

import asyncio
import time
from typing import Any

import httpx2

AWAY_SECONDS_MAX, RETRIES, PAUSE_MAX = 60, 5, 60


class OperationFailed(Exception):
    """It failed; told as the library does."""


class OperationCancelled(Exception):
    """It was cancelled."""


class OperationTimeout(Exception):
    """It has not ended in time."""


class Poller:
    """Signed in with client credentials."""

    def __init__(self, base: str, secret: str) -> None:
        self._http = httpx2.AsyncClient(base_url=base, trust_env=False, headers={"X-Version": "2026-01-01"})
        self._secret = secret
        self.statuses: list[int] = []
        """Of every answer to a look."""
        self.seen: list[str] = []
        """Each status of the operation, as it came."""
        self.changed = asyncio.Event()
        """Set whenever a status came that is another one."""
        self.away_seconds = 0.0

    async def close(self) -> None:
        await self._http.aclose()

    async def _token(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": "poller", "client_secret": self._secret}
        made = (await self._insist("POST", "/oauth2/token", data=form)).json()
        assert made["token_type"].lower() == "bearer"
        self._http.headers["Authorization"] = f"Bearer {made['access_token']}"

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        """Begin something."""
        if "Authorization" not in self._http.headers:
            await self._token()
        reply = await self._insist("POST", path, json=body)
        assert reply.status_code == 202, reply.text
        return reply

    async def result(self, location: str, *, timeout: float = 100) -> dict[str, Any]:
        """The operation, completed."""
        if "Authorization" not in self._http.headers:
            await self._token()
        id = location.rstrip("/").rpartition("/")[2]
        try:
            async with asyncio.timeout(timeout):
                it = await self._followed(id)
        except TimeoutError as late:
            raise OperationTimeout(f"last status: {self.seen[-1]}") from late
        if it["status"] == "failed":
            said = "".join(f"\n  [{one['code']}] {one['message']}" for one in it["details"])
            raise OperationFailed(f"Operation {id} failed:{said}")
        if it["status"] == "cancelled":
            raise OperationCancelled(id)
        return it

    async def _followed(self, id: str) -> dict[str, Any]:
        while True:
            reply = await self._insist("GET", f"/operations/{id}")
            if reply.status_code == 401:
                await self._token()
                reply = await self._insist("GET", f"/operations/{id}")
            reply.raise_for_status()
            it = reply.json()
            if not self.seen or self.seen[-1] != it["status"]:
                self.seen.append(it["status"])
                self.changed.set()
            if it["status"] in {"completed", "cancelled", "failed"}:
                return it
            await asyncio.sleep(_pause(reply, 2))

    async def _insist(self, method: str, path: str, **given: Any) -> httpx2.Response:
        for retry in range(RETRIES + 1):
            reply = await self._connected(method, path, **given)
            if method == "GET":
                self.statuses.append(reply.status_code)
            if reply.status_code not in {429, 503} or retry == RETRIES:
                return reply
            await asyncio.sleep(_pause(reply, 1))
        raise AssertionError

    async def _connected(self, method: str, path: str, **given: Any) -> httpx2.Response:
        since = time.monotonic()
        while True:
            try:
                return await self._http.request(method, path, **given)
            except httpx2.TransportError:
                self.away_seconds = time.monotonic() - since
                if self.away_seconds > AWAY_SECONDS_MAX:
                    raise
                await asyncio.sleep(0.2)


def _pause(reply: httpx2.Response, default: int) -> float:
    said = reply.headers.get("retry-after", "")
    return min(max(int(said) if said.isdecimal() else default, 1), PAUSE_MAX)
