"""Messages to URLs that somebody else has named: sent only to addresses that are allowed.

A name is looked up once, every address that it has is checked, and the connection goes to one of those, so that a name
which leads elsewhere a moment later leads nowhere. Redirects are not followed, and of an answer only its status is read.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import httpx2

from headway.addresses import reached
from headway.domain.webhooks.attempt import Went

ANSWER_SECONDS = 15.0


class Poster:
    """Sends messages. `private` says whether private, loopback and link-local addresses are allowed."""

    def __init__(self, *, private: bool) -> None:
        self._private = private

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Went:
        """How it went; never raises for what is outside."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._sent(url, headers, body)
        except TimeoutError:
            return Went(None, f"no answer within {ANSWER_SECONDS:g} s")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            return Went(None, f"{type(error).__name__}: {error}")

    async def _sent(self, url: str, headers: Mapping[str, str], body: bytes) -> Went:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await reached(host, port, private=self._private)
        if address is None:
            return Went(None, f"{host} leads to a private address, and that is not allowed")
        there = f"[{address}]" if ":" in address else address
        pinned = urlunsplit((parts.scheme, f"{there}:{port}", parts.path or "/", parts.query, ""))
        # Who is meant, and whose certificate it must be, is still the name.
        named = {**headers, "host": parts.netloc}
        async with (
            httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=ANSWER_SECONDS) as http,
            http.stream(
                "POST", pinned, content=body, headers=named, extensions={"sni_hostname": host}
            ) as reply,
        ):
            return Went(reply.status_code, "" if reply.is_success else f"it answered {reply.status_code}")
