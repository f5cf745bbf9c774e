"""Everything that an account may see as it happens: one stream, gapless, from any point that is still kept."""

from collections.abc import Callable

import msgspec

from headway.engine.feed import Feed, Topic
from headway.model.operations import ACTIVE, Event, Search
from headway.store import events, searches
from headway.store.database import Database, Tx
from headway.views.stories import Stories, Story

ACTIVE_MAX = 1000


class Bounds(msgspec.Struct, frozen=True):
    """The oldest event that is kept, and the newest."""

    first: int
    last: int

    def reach(self, after: int) -> bool:
        """Whether everything behind `after` is kept. What is not known yet is no point that was ever told."""
        return self.first - 1 <= after <= self.last


class Follower:
    """Somebody who reads all that their account may see, each event once."""

    __slots__ = ("_account_id", "_after", "_database", "_feed", "_stays", "_topic", "_wake", "ended")

    def __init__(self, database: Database, feed: Feed, account_id: int, after: int, *, stays: bool) -> None:
        self._database = database
        self._feed = feed
        self._account_id = account_id
        self._after = after
        self._stays = stays
        self._topic: Topic | None = None
        self.ended = False
        """Whether it has read what was there, and does not stay for more."""

    def begin(self, wake: Callable[[], None]) -> None:
        """From now on call `wake` whenever there may be more to read; it must neither wait nor raise."""
        self._topic, self._wake = self._feed.join(), wake
        self._topic.wakes.add(wake)

    def end(self) -> None:
        """Nobody reads any more."""
        if self._topic is not None:
            self._topic.wakes.discard(self._wake)
            self._feed.leave(self._topic)

    async def read(self) -> list[Event]:
        """What has happened since it was read last and may be seen, at most a page."""
        topic = self._topic
        assert topic is not None, "it has not begun"
        while page := await topic.read(self._after, now=not self._stays):
            may_see = await self._may_see(topic, page[-1])
            self._after = page[-1].seq
            if seen := [it for it in page if may_see(it)]:
                return seen
        self.ended = not self._stays
        return []

    async def _may_see(self, topic: Topic, last: Event) -> Callable[[Event], bool]:
        account_id = self._account_id
        # What may be seen is read behind the event: an app that it is the first to tell of is among it.
        targets = await topic.once(
            ("targets", account_id, last.seq),
            lambda: self._database.read(lambda tx: searches.targets_of(tx, account_id)),
        )
        mine = f"account:{account_id}"
        return lambda it: it.by.account_id == account_id or it.target in targets or it.target == mine


class News:
    """What happens, for whoever may see it."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    async def bounds(self) -> Bounds:
        """From where to where events are kept."""

        async def body(tx: Tx) -> Bounds:
            return Bounds(await events.first(tx), await events.last(tx))

        return await self._stories.database.read(body)

    def follower(self, account_id: int, after: int, *, stays: bool = True) -> Follower:
        """Somebody who reads what is behind `after`."""
        return Follower(self._stories.database, self._stories.feed, account_id, after, stays=stays)

    async def snapshot(self, account_id: int) -> tuple[int, list[Story]]:
        """All that has not ended, and the event behind which to go on: what follows may be told twice, never missed."""
        found, _, seq = await self._stories.search(account_id, Search(phases=ACTIVE), ACTIVE_MAX)
        return seq, found
