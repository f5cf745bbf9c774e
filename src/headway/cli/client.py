"""Speaks with a running platform, in our own dialect only."""

import contextlib
import io
import tarfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2
import msgspec

from headway.dialects.headway.wire import Event, Listed, Operation, Refused
from headway.errors import Refusal

T = TypeVar("T")
ENDED = {"succeeded", "failed", "cancelled"}
WAIT_SECONDS = 25
ANSWER_SECONDS = 60
UPLOAD_SECONDS = 600
PREFIX = "/headway/v1"


class Declined(Refusal):
    """The platform said no; `status` is how."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Unreachable(Refusal):
    """Nobody answers there."""


class Client:
    """One account's client. Raises Declined, with the platform's own words, for whatever is not a success."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.token = token
        # To read whom to trust takes a sixth of a short command, and over plain HTTP nobody proves who they are.
        verified = not self.url.startswith("http://")
        self._http = httpx2.AsyncClient(
            base_url=self.url, timeout=ANSWER_SECONDS, trust_env=False, verify=verified
        )
        self._bearer = {"Authorization": f"Bearer {token}"}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """What is answered below `/headway/v1`."""
        path = path if path.startswith(PREFIX) else f"{PREFIX}{path}"
        sent = {**self._bearer, **(headers or {})}
        try:
            reply = await self._http.request(
                method,
                path,
                json=body,
                content=content,
                params=query,
                headers=sent,
                timeout=ANSWER_SECONDS if content is None else UPLOAD_SECONDS,
            )
        except httpx2.TransportError as error:
            raise self._unreachable(error) from error
        if not reply.is_success:
            raise declined(reply.status_code, reply.content)
        return reply.content

    async def get(self, path: str, type: type[T], /, **query: str | int) -> T:
        """What is read there, as `type`."""
        return msgspec.json.decode(await self.ask("GET", path, query=query or None), type=type)

    async def begin(
        self, method: str, path: str, body: Any = None, *, dry_run: bool = False, **more: Any
    ) -> bytes:
        """The answer to a command."""
        headers = {"X-Dry-Run": "true"} if dry_run else {}
        return await self.ask(method, path, body=body, headers={**headers, **more.pop("headers", {})}, **more)

    async def deploy(self, app: str, folder: Path, ref: str, *, dry_run: bool = False) -> bytes:
        """Begin to deploy the folder."""
        headers = {"Content-Type": "application/gzip"}
        return await self.begin(
            "POST",
            f"/apps/{app}/deployments",
            content=packed(folder),
            query={"ref": ref} if ref else None,
            headers=headers,
            dry_run=dry_run,
        )

    async def operation(self, id: str) -> Operation:
        """One operation."""
        return await self.get(f"/operations/{id}", Operation)

    async def newest(self) -> Operation:
        """The operation that was accepted last."""
        return (await self.get("/operations", Listed, limit=1)).operations[0]

    async def follow(self, id: str) -> AsyncIterator[Operation]:
        """The operation each time that something about it has changed, first as it is now, last as it ended."""
        seen = await self.operation(id)
        yield seen
        while seen.phase not in ENDED:
            seen = await self.get(f"/operations/{id}", Operation, after=seen.seq, wait=WAIT_SECONDS)
            yield seen

    async def ended(self, id: str) -> Operation:
        """The operation, once it has ended."""
        *_, last = [seen async for seen in self.follow(id)]
        return last

    async def lines(self, path: str, /, **query: str | int) -> AsyncGenerator[bytes]:
        """An answer that comes as it happens, line by line, without those that are empty."""
        timeout = httpx2.Timeout(ANSWER_SECONDS)
        try:
            async with self._http.stream(
                "GET", f"{PREFIX}{path}", params=query, headers=self._bearer, timeout=timeout
            ) as reply:
                if not reply.is_success:
                    raise declined(reply.status_code, await reply.aread())
                async for line in reply.aiter_lines():
                    if line:
                        yield line.encode()
        except httpx2.TransportError as error:
            raise self._unreachable(error) from error

    async def events(self, path: str = "/events", /, **query: str | int) -> AsyncGenerator[Event]:
        """Events as they happen."""
        async with contextlib.aclosing(self.lines(path, format="ndjson", **query)) as lines:
            async for line in lines:
                yield msgspec.json.decode(line, type=Event)

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(f"{self.url} does not answer: {error}")


def declined(status: int, body: bytes) -> Declined:
    """What the platform said, as a refusal."""
    try:
        error = msgspec.json.decode(body, type=Refused).error
    except msgspec.DecodeError:
        return Declined(status, f"the platform answered {status}: {body[:500].decode(errors='replace')}")
    held = f" (operation {error.holder})" if error.holder else ""
    return Declined(status, f"{error.text}{held}")


def packed(folder: Path) -> bytes:
    """The folder as tar.gz with one root folder, without its `.git`."""
    archive = io.BytesIO()

    def kept(it: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if ".git" in Path(it.name).parts else it

    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(folder, arcname=folder.resolve().name or "app", filter=kept)
    return archive.getvalue()


def api_token(folder: Path) -> str:
    """The token that the platform wrote for its first account."""
    return (folder / "admin.token").read_text().strip()
