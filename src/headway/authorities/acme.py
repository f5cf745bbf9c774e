"""An authority that speaks ACME (RFC 8555), asked over HTTP-01: order, answer its challenge, take the certificate.

The library blocks, so each question is asked in a thread, a few at a time, and has its own limit.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import requests
from acme import challenges, errors, messages
from acme.client import ClientV2
from acme.crypto_util import make_csr
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from headway.authorities.acme_account import client
from headway.authorities.asking import Asking
from headway.authorities.port import Issued, Prove
from headway.clock import Clock
from headway.errors import Failure, Retry

T = TypeVar("T")
AT_ONCE_MAX = 4
POLL_SECONDS, POLL_SECONDS_MAX = 0.5, 5
TEXT_MAX = 400
_LATER = frozenset({"badNonce", "rateLimited", "serverInternal", "accountDoesNotExist", "orderNotReady"})
"""Types of ACME's problems that may be over soon."""


class Acme:
    """An authority with the directory at that URL; its account is kept in `folder`."""

    is_open = True

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        directory: str,
        *,
        email: str = "",
        roots: str = "",
        seconds_max: float = 90,
    ) -> None:
        self._make = lambda: client(folder, directory, email=email, roots=roots)
        self._clock = clock
        self._seconds_max = seconds_max
        self._client: ClientV2 | None = None
        self._first = asyncio.Lock()
        self._asking = Asking(AT_ONCE_MAX)

    async def issue(self, name: str, prove: Prove) -> Issued:
        """A new certificate for a name, with a new key; see the port."""
        key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        its = await self._connected()
        order = await self._ask(lambda: its.new_order(make_csr(key, [name])))
        await self._prove(its, order, prove)
        await self._ask(lambda: its.begin_finalization(order))
        chain = await self._chain(its, order)
        return Issued(chain=chain, key=key.decode())

    async def _connected(self) -> ClientV2:
        async with self._first:
            if self._client is None:
                self._client = await self._ask(self._make)
            return self._client

    async def _prove(self, its: ClientV2, order: messages.OrderResource, prove: Prove) -> None:
        """Answer every challenge until the authority has seen it."""
        async with AsyncExitStack() as stack:
            waiting: list[messages.AuthorizationResource] = []
            for authorization in _each(order.authorizations):
                if authorization.body.status == messages.STATUS_VALID:
                    continue
                challenge = _http(authorization)
                response, validation = challenge.response_and_validation(its.net.key)
                await stack.enter_async_context(prove(challenge.chall.encode("token"), validation))
                await self._ask(lambda one=challenge, said=response: its.answer_challenge(one, said))
                waiting.append(authorization)
            for authorization in waiting:
                await self._seen(its, authorization)

    async def _seen(self, its: ClientV2, authorization: messages.AuthorizationResource) -> None:
        async def look() -> bool:
            now, _ = await self._ask(lambda: its.poll(authorization))
            if now.body.status in {messages.STATUS_PENDING, messages.STATUS_PROCESSING}:
                return False
            if now.body.status != messages.STATUS_VALID:
                raise _problem(next((it.error for it in _each(now.body.challenges) if it.error), None))
            return True

        await self._until(look)

    async def _chain(self, its: ClientV2, order: messages.OrderResource) -> str:
        chain = ""

        async def look() -> bool:
            nonlocal chain
            # The library has no single look at an order; what it would do in a loop of its own is this.
            reply = await self._ask(lambda: its._post_as_get(order.uri))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            now = messages.Order.from_json(reply.json())
            if now.status == messages.STATUS_INVALID:
                raise _problem(now.error)
            if now.status != messages.STATUS_VALID or now.certificate is None:
                return False
            chain = (await self._ask(lambda: its._post_as_get(now.certificate))).text  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            return True

        await self._until(look)
        return chain

    async def _until(self, look: Callable[[], Any]) -> None:
        deadline, pause = self._clock.monotonic() + self._seconds_max, POLL_SECONDS
        while not await look():
            if self._clock.monotonic() > deadline:
                raise Retry("the authority takes too long")
            await self._clock.sleep(pause)
            pause = min(pause * 2, POLL_SECONDS_MAX)

    async def _ask(self, question: Callable[[], T]) -> T:
        """What it answers; its troubles in our words."""
        try:
            return await self._asking.ask(question)
        except messages.Error as error:
            if error.code == "accountDoesNotExist":
                # It is made anew by the next attempt.
                self._client = None
            raise _problem(error) from error
        except (errors.Error, requests.exceptions.RequestException, ValueError) as error:
            raise Retry(f"the authority does not answer: {str(error)[:TEXT_MAX]}") from error


def _each(field: Any) -> list[Any]:
    """What a field of the library's records holds: to a type checker it looks like the field's own decoder."""
    return list(field)


def _http(authorization: messages.AuthorizationResource) -> messages.ChallengeBody:
    for challenge in _each(authorization.body.challenges):
        if isinstance(challenge.chall, challenges.HTTP01):
            return challenge
    raise Failure("acme-no-http", "the authority does not offer to check the name over HTTP")


def _problem(error: messages.Error | None) -> Failure | Retry:
    """What an authority complains of, as a trouble of ours."""
    code = (error.code if error is not None else None) or "unknown"
    text = ((error.detail if error is not None else None) or "the authority did not say why")[:TEXT_MAX]
    if code in _LATER:
        return Retry(f"the authority says {code}: {text}")
    return Failure(f"acme-{code}"[:60], text)
