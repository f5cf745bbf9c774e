"""The second factor over HTTP."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from headway.domain.world import World
from tests.domain.accounts.protected import shows

Client = httpx2.AsyncClient
AT = "/v1/client/tfa"


async def test_it_is_begun_confirmed_and_left(client: Client, world: World) -> None:
    assert (await client.get(AT)).json()["tfa"]["enabled"] is False
    begun = await client.post(AT, json={"tfa": {"provider": "totp"}})
    (secret,) = parse_qs(urlsplit(begun.json()["tfa"]["uri"]).query)["secret"]
    # The npm client sends a number.
    confirmed = await client.post(f"{AT}/validate", json={"tfa": {"attempt": int(shows(world, secret))}})
    assert (confirmed.status_code, confirmed.json()["tfa"]["user"]["enabled"]) == (200, True)
    assert len(confirmed.json()["tfa"]["codes"]) == 10
    assert (await client.get(AT)).json()["tfa"]["enabled"] is True
    assert (await client.post(AT)).status_code == 409
    gone = await client.request("DELETE", AT, json={"tfa": {"attempt": shows(world, secret, 1)}})
    assert (gone.status_code, gone.json()["enabled"], gone.json()["tfa"]["enabled"]) == (200, False, False)


@pytest.mark.parametrize("body", [{}, {"tfa": {}}, {"tfa": {"attempt": None}}, {"tfa": {"attempt": "000"}}])
async def test_a_wrong_attempt_is_refused_by_field(client: Client, body: dict[str, Any]) -> None:
    await client.post(AT)
    reply = await client.post(f"{AT}/validate", json=body)
    assert (reply.status_code, len(reply.json()["errors"])) == (422, 1)


async def test_another_kind_of_factor_is_not_there(client: Client) -> None:
    reply = await client.post(AT, json={"tfa": {"provider": "sms"}})
    assert (reply.status_code, set(reply.json()["errors"])) == (422, {"provider"})
