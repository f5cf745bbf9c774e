"""Speaks with a running platform: our own dialect for operations, Scalingo's for apps."""

import io
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import msgspec

from headway.dialects.headway.wire import Listed, Operation
from headway.errors import Refusal

ENDED = {"succeeded", "failed", "cancelled"}
WAIT_SECONDS = 25
ANSWER_SECONDS = 60


class Client:
    """One account's client. Raises Refusal, with the platform's own words, for whatever is not a success."""

    def __init__(self, url: str, token: str) -> None:
        self._http = httpx2.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, trust_env=False)
        self._token = token
        self._jwt = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self) -> None:
        """Exchange the API token for what Scalingo's dialect wants."""
        reply = await self._http.post("/v1/tokens/exchange", auth=("", self._token), json={})
        self._jwt = _checked(reply).json()["token"]

    async def scalingo(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        """A request in Scalingo's dialect, below `/v1`."""
        bearer = {"Authorization": f"Bearer {self._jwt}"}
        return _checked(await self._http.request(method, f"/v1{path}", json=body, headers=bearer))

    async def deploy(self, app: str, folder: Path, ref: str) -> str:
        """Upload the folder and begin its deployment; the id of the operation."""
        source = (await self.scalingo("POST", "/sources", {})).json()["source"]
        media = {"Content-Type": "application/x-gzip"}
        _checked(await self._http.put(source["upload_url"], content=packed(folder), headers=media))
        wanted = {"git_ref": ref, "source_url": source["download_url"]}
        await self.scalingo("POST", f"/apps/{app}/deployments", {"deployment": wanted})
        return (await self.newest()).id

    async def change(self, app: str, verb: str, body: dict[str, Any]) -> str:
        """Begin `scale` or `restart`; the id of the operation."""
        accepted = await self.scalingo("POST", f"/apps/{app}/{verb}", body)
        return accepted.headers["location"].rpartition("/")[2]

    async def newest(self) -> Operation:
        """The operation that was accepted last."""
        return msgspec.json.decode(await self._own("?limit=1"), type=Listed).operations[0]

    async def follow(self, id: str) -> AsyncIterator[Operation]:
        """The operation each time that something about it has changed, first as it is now, last as it ended."""
        seen = msgspec.json.decode(await self._own(f"/{id}"), type=Operation)
        yield seen
        while seen.phase not in ENDED:
            path = f"/{id}?after={seen.seq}&wait={WAIT_SECONDS}"
            seen = msgspec.json.decode(await self._own(path), type=Operation)
            yield seen

    async def _own(self, path: str) -> bytes:
        bearer = {"Authorization": f"Bearer {self._token}"}
        reply = await self._http.get(f"/headway/v1/operations{path}", headers=bearer)
        return _checked(reply).content


def packed(folder: Path) -> bytes:
    """The folder as tar.gz with one root folder, as Scalingo's dialect wants it."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.add(folder, arcname=folder.name)
    return archive.getvalue()


def api_token(folder: Path) -> str:
    """The token that the platform wrote for its first account."""
    return (folder / "admin.token").read_text().strip()


def _checked(reply: httpx2.Response) -> httpx2.Response:
    if not reply.is_success:
        request = reply.request
        raise Refusal(f"{request.method} {request.url.path} answered {reply.status_code}: {reply.text[:500]}")
    return reply
