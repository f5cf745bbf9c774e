"""A refusal on its way out: it tells which request it answers."""

from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from headway.web.body import Answer, answer
from headway.web.dialect import REQUEST_ID


class Refused(Answer):
    """A refusal, which says by itself which request it answers."""

    def __init__(self, status: int, said: dict[str, Any], headers: dict[str, str]) -> None:
        self._said = said
        self._more = headers
        super().__init__(msgspec.json.encode(said), status, answer({}, headers=headers).headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        said = {"request_id": scope.get(REQUEST_ID, ""), **self._said}
        await answer(said, self.status, self._more)(scope, receive, send)
