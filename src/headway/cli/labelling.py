"""Speaks with the pools service of a running platform, in Toloka's dialect: whoever owns pools, and those who work in them."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx2
import msgspec

from headway.cli.client import ANSWER_SECONDS, Client, Declined, Unreachable
from headway.dialects.headway.wire_workers import Worker
from headway.errors import Refusal
from headway.model.specs import Fields
from headway.testing.crowd import MADE_UP
from headway.testing.shift import Work

API, WORK = "/api/v1", "/worker/v1"
CONNECTIONS, CONFLICT = 100, 409
CLOSED = "POOL_INAPPROPRIATE_STATUS"
FIELDS = 50
"""So many wrong ones are told, at most."""


class Labelling:
    """One account's client. Raises Declined, with the platform's own words, for whatever is not a success."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    @classmethod
    def at(cls, url: str, token: str) -> Self:
        """A client of the platform at that address."""
        headers = {"Authorization": f"OAuth {token}"}
        limits = httpx2.Limits(max_connections=CONNECTIONS)
        return cls(
            httpx2.AsyncClient(
                base_url=url, headers=headers, limits=limits, timeout=ANSWER_SECONDS, trust_env=False
            )
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", **query: str | int
    ) -> Any:
        """What is answered there, to the account or to who has another token; None where the answer is empty."""
        headers = {"Authorization": f"OAuth {token}"} if token else None
        try:
            reply = await self.http.request(method, path, json=body, params=query or None, headers=headers)
        except httpx2.TransportError as error:
            raise Unreachable(f"{self.http.base_url} does not answer: {error}") from error
        if not reply.is_success:
            raise _declined(reply)
        return reply.json() if reply.content else None

    async def fields(self, pool_id: str) -> Fields:
        """What an answer consists of in a pool, or a training, that is open. Refused where it is not."""
        job = await self.ask("GET", f"{WORK}/pools/{pool_id}")
        return msgspec.convert(job["output_spec"], Fields)


class Refused(Declined):
    """The pools service said no; `code` is its word for why."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(status, text)
        self.code = code


def _declined(reply: httpx2.Response) -> Declined:
    try:
        said = msgspec.json.decode(reply.content, type=dict[str, Any])
    except msgspec.DecodeError:
        return Declined(reply.status_code, f"the platform answered {reply.status_code}: {reply.text[:500]}")
    payload = said.get("payload")
    wrong = [
        f"{path}: {it['message']}"
        for path, it in (payload or {}).items()
        if isinstance(it, dict) and "message" in it
    ]
    text = "; ".join([str(said.get("message")), *wrong[:FIELDS]])
    return Refused(reply.status_code, str(said.get("code")), text)


@contextlib.asynccontextmanager
async def let_in(client: Client, names: Sequence[str]) -> AsyncGenerator[dict[str, str]]:
    """New workers of these names, each with their token; afterwards nobody is let in by these any more.

    Declined where there is such a worker, who is left alone, unless it is a made-up one of before.
    """
    tokens: dict[str, str] = {}
    try:
        for name in names:
            tokens[name] = await _token(client, name)
        yield tokens
    finally:
        for name in tokens:
            with contextlib.suppress(Refusal):
                await client.ask("DELETE", f"/workers/{name}")


async def _token(client: Client, name: str) -> str:
    try:
        made = await client.ask("POST", "/workers", body={"name": name})
    except Declined as refusal:
        if refusal.status != CONFLICT or not name.startswith(MADE_UP):
            raise
        made = await client.ask("POST", f"/workers/{name}/token")
    return str(msgspec.json.decode(made, type=Worker).token)


class Door:
    """Where work of one pool is given out, over HTTP, to workers who have tokens of their own."""

    def __init__(self, labelling: Labelling, pool_id: str, tokens: Mapping[str, str]) -> None:
        self._labelling = labelling
        self._pool_id = pool_id
        self._tokens = tokens

    async def take(self, person: str) -> Work | None:
        """What that person has in hand then; None where there is nothing for them, or the pool is closed by now."""
        try:
            given = await self._ask(person, f"/pools/{self._pool_id}/assignments", {})
        except Refused as refusal:
            if refusal.code == CLOSED:
                return None
            raise
        return None if given is None else Work(given["id"], [it["input_values"] for it in given["tasks"]])

    async def submit(self, person: str, id: str, answers: Sequence[dict[str, Any]]) -> None:
        """These are their answers."""
        solutions = [{"output_values": values} for values in answers]
        await self._ask(person, f"/assignments/{id}/submit", {"solutions": solutions})

    async def skip(self, person: str, id: str) -> None:
        """They give it back."""
        await self._ask(person, f"/assignments/{id}/skip", {})

    async def _ask(self, person: str, path: str, body: Any) -> Any:
        return await self._labelling.ask("POST", f"{WORK}{path}", body, token=self._tokens[person])
