import msgspec
import pytest
from standardwebhooks.webhooks import Webhook as Library

from headway.clock import SECOND, SystemClock
from headway.domain.webhooks.attempt import Went, after, headers, reason_to_disable
from headway.model.webhooks import PATIENCE_SECONDS, PAUSES_SECONDS, Delivery, State, Webhook, shown_secret

HOOK = Webhook(0xAB, 2, "http://x/", ["*"], shown_secret(b"k" * 32), 0, 0, None, None, "")
ONE = Delivery(1, 0xAB, 7, "app.scaled", State.WAITING, 1, 0, 0, None, None, "")
NO, YES = Went(500, "it answered 500"), Went(204)


def test_the_reference_library_accepts_what_is_signed() -> None:
    body = '{"type":"app.scaled","data":"ü"}'.encode()
    sent = headers(HOOK, ONE, body, SystemClock().now())
    assert sent["webhook-id"] == "msg_ab_7"
    assert Library(HOOK.secret).verify(body, sent) == {"type": "app.scaled", "data": "ü"}
    with pytest.raises(Exception, match="No matching signature"):
        Library(HOOK.secret).verify(body + b" ", sent)


def test_what_was_taken_is_delivered() -> None:
    done = after(ONE, YES, 5)
    assert (done.state, done.ended_at, done.last_status) == (State.DELIVERED, 5, 204)


def test_what_was_not_taken_comes_again_later_and_later_and_is_given_up() -> None:
    pauses: list[int] = []
    it = ONE
    while it.state is State.WAITING:
        it = after(it, NO, 0)
        if it.state is State.WAITING:
            pauses.append(it.next_at // SECOND)
            it = msgspec.structs.replace(it, attempts=it.attempts + 1)
    assert pauses == list(PAUSES_SECONDS)
    assert (it.state, it.attempts, it.last_error) == (State.GIVEN_UP, 9, "it answered 500")


def test_who_takes_nothing_for_long_or_says_gone_is_sent_nothing_more() -> None:
    failing = msgspec.structs.replace(HOOK, failing_since=1)
    late = (PATIENCE_SECONDS + 1) * SECOND
    assert reason_to_disable(failing, NO, late) == "it took nothing for 5 days"
    assert not reason_to_disable(failing, NO, late // 2)
    assert not reason_to_disable(failing, YES, late)
    assert not reason_to_disable(HOOK, NO, late)
    assert "410" in reason_to_disable(HOOK, Went(410), 0)
