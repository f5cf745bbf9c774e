"""Workers: make, list, renew, revoke. What they may do with their tokens is in Toloka's dialect, below `/worker/v1`."""

import msgspec

from headway import ids
from headway.dialects.headway import project, said
from headway.dialects.headway import wire_workers as wire
from headway.dialects.headway.commands import done, is_dry
from headway.domain.workers.create import create as create_worker
from headway.domain.workers.renew import renew as renew_worker
from headway.domain.workers.revoke import revoke as revoke_worker
from headway.errors import Conflict, Invalid
from headway.model.workers import Worker
from headway.views import workers
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says

PAGE, PAGE_MAX = 20, 100


@said.change(wire.Worker, 201, body=wire.Create, refuses=(Conflict,))
async def create(ask: Ask) -> Answer:
    """A new one, with their token, which is shown this once."""
    name = (await ask.body(wire.Create)).name
    it, secret = await done(ask, lambda world: create_worker(world, name, ask.actor))
    return answer(_shown(it)) if is_dry(ask) else answer(_shown(it, token=secret), 201)


@Says(wire.Workers, params=(said.CURSOR, said.LIMIT))
async def list_page(ask: Ask) -> Answer:
    """Those of the asker, oldest first."""
    count = ask.number("limit", PAGE, at_least=1, at_most=PAGE_MAX)
    text = ask.query.get("cursor", "")
    after = ids.parse(text) if text else 0
    if after is None:
        raise Invalid(cursor="should be what an answer gave as next")
    found, next = await workers.page(ask.world.database, ask.account.id, after=after, count=count)
    shown = None if next is None else ids.show(next)
    return answer(wire.Workers(workers=[_shown(it) for it in found], next=shown))


@said.change(wire.Worker)
async def renew(ask: Ask) -> Answer:
    """Another token, which is shown this once; the one before is worth nothing any more."""
    it, secret = await done(ask, lambda world: renew_worker(world, ask.params["name"], ask.actor))
    return answer(_shown(it) if is_dry(ask) else _shown(it, token=secret))


@said.change(None, 204)
async def revoke(ask: Ask) -> Answer:
    """They are let in no longer; what they answered stays."""
    await done(ask, lambda world: revoke_worker(world, ask.params["name"], ask.actor))
    return empty()


def _shown(it: Worker, *, token: str | msgspec.UnsetType = msgspec.UNSET) -> wire.Worker:
    return wire.Worker(
        name=it.name,
        created_at=project.time(it.created_at),
        last_used_at=project.time_or_none(it.last_used_at),
        token=token,
    )
