"""One attempt to tell a webhook: how the message is signed, and what follows from how it went. Pure."""

from datetime import UTC, datetime

import msgspec
from standardwebhooks.webhooks import Webhook as Signer

from headway.clock import SECOND
from headway.model.webhooks import PATIENCE_SECONDS, PAUSES_SECONDS, Delivery, State, Webhook

ERROR_LENGTH_MAX = 500
GONE = 410


class Went(msgspec.Struct, frozen=True):
    """How an attempt went: the status of the answer, or None and what was in the way."""

    status: int | None
    error: str = ""

    @property
    def well(self) -> bool:
        """Whether the webhook has taken the message."""
        return self.status is not None and 200 <= self.status < 300


def headers(webhook: Webhook, delivery: Delivery, body: bytes, now: int) -> dict[str, str]:
    """What goes with a message, as Standard Webhooks says."""
    at = datetime.fromtimestamp(now // SECOND, UTC)
    signature = Signer(webhook.secret).sign(delivery.message_id, at, body.decode())
    return {
        "content-type": "application/json",
        "user-agent": "Headway-Webhooks",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(now // SECOND),
        "webhook-signature": signature,
    }


def after(delivery: Delivery, went: Went, now: int) -> Delivery:
    """The delivery after its attempt, which is counted in it already."""
    told = msgspec.structs.replace(
        delivery, last_status=went.status, last_error=went.error[:ERROR_LENGTH_MAX]
    )
    if went.well:
        return msgspec.structs.replace(told, state=State.DELIVERED, ended_at=now)
    if delivery.attempts > len(PAUSES_SECONDS):
        return msgspec.structs.replace(told, state=State.GIVEN_UP, ended_at=now)
    pause = PAUSES_SECONDS[delivery.attempts - 1]
    return msgspec.structs.replace(told, next_at=now + pause * SECOND)


def reason_to_disable(webhook: Webhook, went: Went, now: int) -> str:
    """Why nothing more is to be sent there; empty where it is."""
    if went.status == GONE:
        return "it answered 410: it wants nothing more"
    if went.well or webhook.failing_since is None:
        return ""
    if now - webhook.failing_since > PATIENCE_SECONDS * SECOND:
        return f"it took nothing for {PATIENCE_SECONDS // 86_400} days"
    return ""
