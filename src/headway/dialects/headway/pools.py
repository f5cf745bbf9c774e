"""Labelling pools: list, look at, open, close, archive. They are made, and filled, in Toloka's dialect."""

from collections.abc import Awaitable, Callable

from headway import ids
from headway.dialects.headway import project, said
from headway.dialects.headway import wire_pools as wire
from headway.dialects.headway.commands import begun, is_dry
from headway.domain.pools.archive import archive as archive_pool
from headway.domain.pools.close import close as close_pool
from headway.domain.pools.open import open as open_pool
from headway.domain.world import World
from headway.errors import Conflict, Invalid, NotFound
from headway.model.listing import MAX, Bounds, Search
from headway.model.operations import Actor, Operation
from headway.model.pool_operations import PoolOperation
from headway.model.pools import Pool, PoolStatus
from headway.views import pools
from headway.views.stories import Stories
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

PAGE, PAGE_MAX = 20, 100
STATUSES = {it.name.lower(): it for it in PoolStatus}
ACTS = {PoolStatus.CLOSED: ("open", "archive"), PoolStatus.OPEN: ("close",), PoolStatus.ARCHIVED: ()}
"""What may be asked for in each state."""
Act = Callable[[World, int, Actor], Awaitable[PoolOperation | None]]


class Pools:
    """The handlers; `stories` tells of the operations that they begin."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    @Says(
        wire.Pools,
        params=(
            Param("status", "Only those that are closed, open, or archived."),
            Param("project", "Only of this project."),
            said.CURSOR,
            said.LIMIT,
        ),
    )
    async def list(self, ask: Ask) -> Answer:
        """Those of the asker, newest first."""
        count = ask.number("limit", PAGE, at_least=1, at_most=PAGE_MAX)
        before = _id_in(ask, "cursor")
        most = MAX if before is None else before - 1
        wanted = Search(ids=Bounds(most=most), order=(("id", True),), count=count)
        found = await pools.page(
            ask.world.database, ask.account.id, wanted, _status(ask), _id_in(ask, "project")
        )
        next = ids.show(found.items[-1].id) if found.has_more else None
        return answer(wire.Pools(pools=[shown(it) for it in found.items], next=next))

    @Says(wire.Pool)
    async def get(self, ask: Ask) -> Answer:
        """One."""
        return answer(shown(await pools.get(ask.world.database, ask.account.id, _id(ask))))

    @said.command()
    async def open(self, ask: Ask) -> Answer:
        """Begin to open it."""
        return await self._begun(ask, open_pool)

    @said.command()
    async def close(self, ask: Ask) -> Answer:
        """Begin to close it."""
        return await self._begun(ask, close_pool)

    @said.command()
    async def archive(self, ask: Ask) -> Answer:
        """Begin to archive it."""
        return await self._begun(ask, archive_pool)

    async def _begun(self, ask: Ask, act: Act) -> Answer:
        id = _id(ask)

        async def command(world: World) -> Operation:
            known = await act(world, id, ask.actor)
            if known is None:
                raise Conflict("the pool is so already")
            if is_dry(ask):
                raise Conflict(f"that is being done, by operation {ids.show(known.operation.id)}")
            return known.operation

        return await begun(ask, self._stories, command)


def shown(it: Pool) -> wire.Pool:
    """A pool, as it is told."""
    id, said = ids.show(it.id), it.said
    at = f"{project.PREFIX}/pools/{id}"
    return wire.Pool(
        id=id,
        project=ids.show(it.project_id),
        name=said["private_name"],
        status=it.status.name.lower(),
        close_reason=it.close_reason.lower().replace("_", "-"),
        reward=said["reward_per_assignment"],
        priority=said.get("priority", 0),
        expires_at=project.time(it.expires_at),
        created_at=project.time(it.created_at),
        started_at=project.time_or_none(it.last_started_at),
        stopped_at=project.time_or_none(it.last_stopped_at),
        reopens_at=project.time_or_none(it.reopen_at),
        links={
            "self": at,
            "operations": f"{project.PREFIX}/operations?target=pool:{id}",
            **{act: f"{at}/{act}" for act in ACTS[it.status]},
        },
    )


def _status(ask: Ask) -> PoolStatus | None:
    text = ask.query.get("status", "")
    if text and text not in STATUSES:
        raise Invalid(status=f"should be one of {', '.join(STATUSES)}")
    return STATUSES.get(text)


def _id_in(ask: Ask, name: str) -> int | None:
    text = ask.query.get(name, "")
    id = ids.parse(text) if text else None
    if text and id is None:
        raise Invalid(**{name: "should be an id"})
    return id


def _id(ask: Ask) -> int:
    id = ids.parse(ask.params["id"])
    if id is None:
        raise NotFound("pool", ask.params["id"])
    return id
