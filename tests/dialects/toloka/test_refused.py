"""A refusal on its way out."""

import json

from starlette.types import Message

from headway import errors
from headway.dialects.toloka.refuse import refuse
from headway.web.dialect import REQUEST_ID


async def test_it_tells_which_request_it_answers() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", REQUEST_ID: "abc"}
    await refuse(errors.NotFound("pool"))(scope, lambda: None, send)  # type: ignore[arg-type,return-value]
    assert json.loads(sent[1]["body"])["request_id"] == "abc"
    assert sent[0]["status"] == 404
