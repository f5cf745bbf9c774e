"""The postman: makes a delivery of each event that a webhook is to be told, and carries it there, at least once.

Deliveries are rows, made in the transaction that says up to which event they were: a death in between loses none and
doubles none. Each attempt is claimed first. One webhook that is slow or away holds up no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from headway.clock import SECOND
from headway.domain.webhooks.attempt import Went, after, headers, reason_to_disable
from headway.domain.world import World
from headway.engine.feed import Feed
from headway.errors import Unavailable
from headway.ids import first_at
from headway.model.operations import Event, NewEvent
from headway.model.webhooks import PAUSES_SECONDS, Delivery, State, Webhook
from headway.store import events, searches, webhooks
from headway.store.database import StorageFull, Tx
from headway.waiting import either

log = logging.getLogger("webhooks")

PAGE = 500
WAITING_MAX = 1000
"""So many deliveries may wait for one webhook; the rest of the events is looked at when there is room."""
AT_ONCE = 20
"""So many are sent by one webhook's task before others that are due are looked at."""
CLAIM_SECONDS = 90
PAUSE_SECONDS = 0.2
"""Between two rounds: what happens within it is looked at in one go."""
LOOK_SECONDS = 30.0
SWEEP_SECONDS = 3600
STRIDE = 1000
"""After so many events that it is not to be told of, how far it is is written down."""

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[Went]]
"""Sends a message to a URL; never raises."""


class Postman:
    """Serves every webhook. `form` makes the body of an event, `post` carries it."""

    def __init__(self, world: World, feed: Feed, form: Callable[[Event], bytes], post: Post) -> None:
        self._world = world
        self._feed = feed
        self._form = form
        self._post = post
        self._wake = asyncio.Event()
        self._busy: set[int] = set()
        self._resting: dict[int, float] = {}
        """Until when nothing is sent to a webhook that has just not taken something, on the monotonic clock."""
        self._looked: dict[int, tuple[int, int]] = {}
        """For each webhook how far its row was, and up to where was looked behind that."""
        self._swept = 0

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Carry until `stop`; what is on its way then is sent again by the next one."""
        topic = self._feed.join()
        topic.wakes.add(self._wake.set)
        try:
            async with asyncio.TaskGroup() as group:
                walking = group.create_task(self._walk(group))
                ready.set()
                await stop.wait()
                walking.cancel()
        finally:
            topic.wakes.discard(self._wake.set)
            self._feed.leave(topic)

    async def _walk(self, group: asyncio.TaskGroup) -> None:
        carrying: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._wake.clear()
                try:
                    seconds = await self._round(group, carrying)
                except (Unavailable, StorageFull) as error:
                    log.warning("webhooks: %s", error)
                    seconds = LOOK_SECONDS
                await either(self._wake.wait(), self._world.clock.sleep(seconds))
                await self._world.clock.sleep(PAUSE_SECONDS)
        finally:
            for task in carrying:
                task.cancel()

    async def _round(self, group: asyncio.TaskGroup, carrying: set[asyncio.Task[None]]) -> float:
        """Look once; for how many seconds there is nothing to do then."""
        active = await self._world.database.read(webhooks.active)
        if not active:
            return LOOK_SECONDS
        for webhook in active:
            await self._make(webhook)
        await self._sweep()
        return await self._send({it.id: it for it in active}, group, carrying)

    async def _send(
        self, active: Mapping[int, Webhook], group: asyncio.TaskGroup, carrying: set[asyncio.Task[None]]
    ) -> float:
        """Begin to carry what is due; for how many seconds nothing else will be."""
        clock, database = self._world.clock, self._world.database
        now, rests = clock.now(), [LOOK_SECONDS]
        for id in await database.read(lambda tx: webhooks.due_webhooks(tx, now)):
            rest = self._resting.get(id, 0.0) - clock.monotonic()
            if rest > 0:
                rests.append(rest)
            elif id in active and id not in self._busy:
                self._busy.add(id)
                task = group.create_task(self._carry(active[id]))
                carrying.add(task)
                task.add_done_callback(carrying.discard)
        due = await database.read(lambda tx: webhooks.next_due(tx, now))
        return min([*rests, *([] if due is None else [(due - now) / SECOND])])

    # -- making ----------------------------------------------------------------------------------------------

    async def _make(self, webhook: Webhook) -> None:
        """Deliveries of what it is to be told and was not looked at yet, as far as there is room."""
        at: Webhook | None = webhook
        while at is not None:
            at = await self._make_page(at)

    async def _make_page(self, webhook: Webhook) -> Webhook | None:
        """The webhook as it is then; None where there is nothing more to look at."""
        database = self._world.database
        stored, behind = self._looked.get(webhook.id, (webhook.reached, webhook.reached))
        looked = behind if stored == webhook.reached else webhook.reached
        page = await database.read(lambda tx: self._page(tx, webhook, looked))
        if page is None:
            return None
        found, targets = page
        last, wanted = found[-1].seq, [it for it in found if _is_for(webhook, it, targets)]
        if not wanted and last - webhook.reached < STRIDE:
            self._looked[webhook.id] = webhook.reached, last
            return webhook
        if not await database.write(lambda tx: self._deliver(tx, webhook, wanted, last)):
            return None
        self._looked[webhook.id] = last, last
        return msgspec.structs.replace(webhook, reached=last)

    async def _page(self, tx: Tx, webhook: Webhook, looked: int) -> tuple[list[Event], set[str]] | None:
        found = await events.after(tx, looked, PAGE)
        if not found or await webhooks.waiting(tx, webhook.id, WAITING_MAX) >= WAITING_MAX:
            return None
        return found, await searches.targets_of(tx, webhook.account_id)

    async def _deliver(self, tx: Tx, webhook: Webhook, wanted: Sequence[Event], last: int) -> bool:
        if not await webhooks.reach(tx, webhook, last):
            return False
        now = self._world.clock.now()
        for it in wanted:
            await webhooks.deliver(tx, self._world.ids.next(), webhook.id, it.seq, it.name, at=now)
        return True

    # -- carrying --------------------------------------------------------------------------------------------

    async def _carry(self, webhook: Webhook) -> None:
        """Send what is due there, one after another, until one fails."""
        database, now = self._world.database, self._world.clock.now()
        try:
            for delivery in await database.read(lambda tx: webhooks.due(tx, webhook.id, now, AT_ONCE)):
                if not await self._attempt(webhook, delivery):
                    self._resting[webhook.id] = self._world.clock.monotonic() + PAUSES_SECONDS[0]
                    return
        except (Unavailable, StorageFull) as error:
            log.warning("webhook %x: %s", webhook.id, error)
            self._resting[webhook.id] = self._world.clock.monotonic() + LOOK_SECONDS
        finally:
            self._busy.discard(webhook.id)
            self._wake.set()

    async def _attempt(self, webhook: Webhook, delivery: Delivery) -> bool:
        """Whether it went well."""
        database, clock = self._world.database, self._world.clock
        until = clock.now() + CLAIM_SECONDS * SECOND
        if not await database.write(lambda tx: webhooks.claim(tx, delivery, until)):
            return True
        begun = msgspec.structs.replace(delivery, attempts=delivery.attempts + 1)
        event = await database.read(lambda tx: self._event(tx, delivery.seq))
        if event is None:
            gone = Went(None, "the event is not kept any more")
            lost = msgspec.structs.replace(
                begun, state=State.GIVEN_UP, ended_at=clock.now(), last_error=gone.error
            )
            await database.write(lambda tx: webhooks.settle(tx, lost))
            return True
        body = self._form(event)
        went = await self._post(webhook.url, headers(webhook, begun, body, clock.now()), body)
        await database.write(lambda tx: self._settle(tx, webhook, begun, went))
        return went.well

    async def _event(self, tx: Tx, seq: int) -> Event | None:
        found = await events.after(tx, seq - 1, 1)
        return found[0] if found and found[0].seq == seq else None

    async def _settle(self, tx: Tx, webhook: Webhook, begun: Delivery, went: Went) -> None:
        now = self._world.clock.now()
        await webhooks.settle(tx, after(begun, went, now))
        if went.well:
            await webhooks.succeeded(tx, webhook.id)
        else:
            await webhooks.failed(tx, webhook.id, now)
        why = reason_to_disable(webhook, went, now)
        if why and await webhooks.disable(tx, webhook.id, now, why):
            target = f"account:{webhook.account_id}"
            tx.append(NewEvent(at=now, name="webhook.disabled", target=target, data={"why": why}))

    async def _sweep(self) -> None:
        """Forget deliveries that ended long ago."""
        world, now = self._world, self._world.clock.now()
        if now - self._swept < SWEEP_SECONDS * SECOND:
            return
        self._swept = now
        before = first_at(now - world.config.operation_retention_days * 86_400 * SECOND)
        while await world.database.write(lambda tx: webhooks.forget(tx, before, PAGE)) == PAGE:
            await world.clock.sleep(PAUSE_SECONDS)


def _is_for(webhook: Webhook, event: Event, targets: set[str]) -> bool:
    """Whether it is to be told: it wants such events, and its account may see this one."""
    mine = webhook.account_id
    seen = event.by.account_id == mine or event.target in targets or event.target == f"account:{mine}"
    return seen and webhook.wants(event.name)
