"""Webhooks: make, list, look at, delete; tell again, send again; what was sent."""

import msgspec

from headway import ids
from headway.dialects.headway import project, said
from headway.dialects.headway import wire_webhooks as wire
from headway.dialects.headway.commands import done, is_dry
from headway.domain.webhooks import change
from headway.domain.webhooks.create import create_webhook
from headway.errors import Invalid, NotFound
from headway.model.operations import ID_MAX, Event
from headway.model.webhooks import Delivery, State, Webhook
from headway.views import webhooks
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says

PAGE, PAGE_MAX = 20, 100
_STATES = {State.WAITING: "waiting", State.DELIVERED: "delivered", State.GIVEN_UP: "given-up"}


@said.change(wire.Webhook, 201, body=wire.Create)
async def create(ask: Ask) -> Answer:
    """A new one, with its secret, which is shown this once."""
    wanted = await ask.body(wire.Create)
    it = await done(ask, lambda world: create_webhook(world, wanted.url, wanted.events, ask.actor))
    if is_dry(ask):
        return answer(_shown(it))
    where = {"Location": f"{project.PREFIX}/webhooks/{ids.show(it.id)}"}
    return answer(_shown(it, secret=it.secret), 201, where)


@Says(wire.Webhooks)
async def list_all(ask: Ask) -> Answer:
    """All of the asker."""
    found = await webhooks.of_account(ask.world.database, ask.account.id)
    return answer(wire.Webhooks(webhooks=[_shown(it) for it in found]))


@Says(wire.Webhook)
async def get(ask: Ask) -> Answer:
    """One."""
    return answer(_shown(await webhooks.get(ask.world.database, ask.account.id, _id(ask))))


@said.change(None, 204)
async def delete(ask: Ask) -> Answer:
    """Nothing is left of it."""
    await done(ask, lambda world: change.delete_webhook(world, _id(ask), ask.actor))
    return empty()


@said.change(wire.Webhook)
async def renew_secret(ask: Ask) -> Answer:
    """A new secret, which is shown this once."""
    it = await done(ask, lambda world: change.renew_secret(world, _id(ask), ask.actor))
    return answer(_shown(it) if is_dry(ask) else _shown(it, secret=it.secret))


@said.change(wire.Webhook)
async def enable(ask: Ask) -> Answer:
    """Send to it again."""
    return answer(_shown(await done(ask, lambda world: change.enable(world, _id(ask), ask.actor))))


@said.change(wire.Webhook, 202, body=wire.Replay)
async def replay(ask: Ask) -> Answer:
    """Tell it again what is behind an event."""
    wanted = await ask.body(wire.Replay)
    it = await done(ask, lambda world: change.replay(world, _id(ask), wanted.after, ask.actor))
    return answer(_shown(it), 200 if is_dry(ask) else 202)


@Says(wire.Deliveries, params=(said.CURSOR, said.LIMIT))
async def deliveries(ask: Ask) -> Answer:
    """What was and is to be sent, newest first."""
    count = ask.number("limit", PAGE, at_least=1, at_most=PAGE_MAX)
    text = ask.query.get("cursor", "")
    before = ids.parse(text) if text else ID_MAX
    if before is None:
        raise Invalid(cursor="should be what an answer gave as next")
    page, next = await webhooks.deliveries(
        ask.world.database, ask.account.id, _id(ask), before=before, count=count
    )
    shown = None if next is None else ids.show(next)
    return answer(wire.Deliveries(deliveries=[_delivery(it) for it in page], next=shown))


def message(event: Event) -> bytes:
    """What a webhook is sent of an event."""
    told = wire.Message(type=event.name, timestamp=project.time(event.at), data=project.event(event))
    return msgspec.json.encode(told)


def _shown(it: Webhook, *, secret: str | msgspec.UnsetType = msgspec.UNSET) -> wire.Webhook:
    return wire.Webhook(
        id=ids.show(it.id),
        url=it.url,
        events=it.names,
        reached=it.reached,
        created_at=project.time(it.created_at),
        failing_since=project.time_or_none(it.failing_since),
        disabled_at=project.time_or_none(it.disabled_at),
        disabled_why=it.disabled_why,
        secret=secret,
    )


def _delivery(it: Delivery) -> wire.Delivery:
    return wire.Delivery(
        id=ids.show(it.id),
        message=it.message_id,
        seq=it.seq,
        name=it.name,
        state=_STATES[it.state],
        attempts=it.attempts,
        created_at=project.time(it.created_at),
        next_at=project.time(it.next_at) if it.state is State.WAITING else None,
        ended_at=project.time_or_none(it.ended_at),
        last_status=it.last_status,
        last_error=it.last_error,
    )


def _id(ask: Ask) -> int:
    id = ids.parse(ask.params["id"])
    if id is None:
        raise NotFound("webhook")
    return id
