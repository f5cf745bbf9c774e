"""Operations: one, as it is or once it has changed; the list; its log; why it is not done; its end, again, and back."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.types import ASGIApp, Receive, Scope, Send

from headway import ids
from headway.clock import SECOND
from headway.dialects.headway import project, said, wire
from headway.dialects.headway.commands import begun, begun_at, is_dry
from headway.domain.operations import cancel as cancelling
from headway.domain.operations import retry as retrying
from headway.domain.operations.begin import begin
from headway.domain.operations.rehearse import tried
from headway.domain.world import Office
from headway.errors import Conflict, Invalid, NotFound
from headway.model.operations import EVERY, ID_MAX, Operation, Phase, Search
from headway.views.stories import Stories, Story
from headway.views.why import why
from headway.web.ask import Ask
from headway.web.body import Answer, answer, told
from headway.web.made import Made
from headway.web.says import Param, Says

WAIT_SECONDS_MAX = 30
PAGE, PAGE_MAX = 20, 100
ORDERS = {"": False, "-created": False, "created": True}
WAIT = Param("wait", "For how many seconds to wait for something behind `after`, up to 30.", int)
AFTER_LINE = Param("after", "The newest line that is known already.", int)
SEARCH = (
    Param("type", "Only of this type: `app.scale`."),
    Param("phase", "Only in these phases, with commas between."),
    Param("target", "Only about this: `app:ID`."),
    Param("actor", "Only what this account began: its id, or `me`."),
    Param("since", "Only from this time on: `2026-01-02T03:04:05Z`."),
    Param("until", "Only before this time."),
    Param("sort", "`-created`, newest first, or `created`."),
    said.LIMIT,
    said.CURSOR,
)
_PHASES = {name: phase for phase, name in project.STATUS.items()}


class Operations:
    """The handlers; `stories` is what they read."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories
        self._answers: Made[Story, Answer] = Made(lambda story: told(project.story(story), story.operation))

    @Says(wire.Operation, also={304: None}, params=(WAIT, said.AFTER))
    async def get(self, ask: Ask) -> ASGIApp:
        """One, or with `wait` and `after` once something has happened to it."""
        wait = ask.number("wait", 0, at_most=WAIT_SECONDS_MAX)
        after = ask.number("after", 0, at_most=ID_MAX)
        if wait:
            return _Held(self._stories, self._answers, (ask.account.id, id_in(ask), after), wait)
        return self._answers.of(await self._stories.get(ask.account.id, id_in(ask)))

    @Says(wire.Listed, params=SEARCH)
    async def list(self, ask: Ask) -> Answer:
        """A page of them, of what is asked for, newest first or oldest first."""
        count = ask.number("limit", PAGE, at_least=1, at_most=PAGE_MAX)
        page, next, seq = await self._stories.search(ask.account.id, wanted(ask), count)
        shown = None if next is None else ids.show(next)
        return answer(wire.Listed(operations=[project.story(one) for one in page], next=shown, seq=seq))

    @said.command(body=wire.Begin, refuses=(*said.COMMAND, NotFound))
    async def begin(self, ask: Ask) -> Answer:
        """Begin an operation of a type that the settings have brought."""
        wish = await ask.body(wire.Begin)
        type = self._stories.catalog.get(wish.type)
        return await begun(
            ask, self._stories, lambda world: begin(world, type, wish.params, ask.actor, ask.key)
        )

    @Says(wire.Log, params=(AFTER_LINE,))
    async def log(self, ask: Ask) -> Answer:
        """What it said behind line `after`."""
        after = ask.number("after", 0, at_most=ID_MAX)
        lines = await self._stories.log(ask.account.id, id_in(ask), after)
        return answer(wire.Log(lines=[project.line(line) for line in lines]))

    @Says(wire.Why)
    async def why(self, ask: Ask) -> Answer:
        """What it waits for, since when, and when it is likely to end."""
        office, id = ask.office, id_in(ask)
        type = (await self._stories.get(ask.account.id, id)).operation.type
        operation, told = await why(
            office.database,
            office.clock,
            self._stories.catalog.get(type),
            ask.account.id,
            id,
            slots=office.config.operations_max,
        )
        return answer(project.why(operation, told))

    @Says(
        wire.Operation,
        202,
        body=wire.Cancel,
        also={200: wire.Plan},
        params=(said.DRY_RUN,),
        refuses=(Conflict,),
    )
    async def cancel(self, ask: Ask) -> Answer:
        """Ask it to turn back; the operation as it is then, with the receipt."""
        wish, id = await ask.body(wire.Cancel), id_in(ask)

        async def command(office: Office) -> Operation:
            catalog = self._stories.catalog
            return await cancelling.cancel(office, id, wish.reason, by=ask.actor, catalog=catalog)

        if is_dry(ask):
            await tried(ask.office, command)
            return answer(project.turning_back(await self._stories.get(ask.account.id, id)))
        await command(ask.office)
        return answer(project.story(await self._stories.get(ask.account.id, id_in(ask))), 202)

    @said.command()
    async def retry(self, ask: Ask) -> Answer:
        """The same again, as a new operation."""
        return await self._because_of(ask, retrying.retry)

    @said.command()
    async def undo(self, ask: Ask) -> Answer:
        """What brings back the state before it, as a new operation."""
        return await self._because_of(ask, retrying.undo)

    async def _because_of(self, ask: Ask, command: Callable[..., Awaitable[Operation]]) -> Answer:
        id = (await self._stories.get(ask.account.id, id_in(ask))).operation.id

        async def carried_out(office: Office) -> Operation:
            return await command(office, id, ask.actor, ask.key, catalog=self._stories.catalog)

        return await begun_at(ask.office, ask, self._stories, carried_out)


def wanted(ask: Ask) -> Search:
    """What the query asks for; Invalid, naming the parameter."""
    query, now = ask.query, ask.office.clock.now()
    order = query.get("sort", "")
    if order not in ORDERS:
        raise Invalid(sort="should be created or -created")
    return Search(
        type=query.get("type", ""),
        phases=_phases(query.get("phase", "")),
        target=project.stored_target(query.get("target", "")),
        actor=_actor(ask),
        since=_first_id(query.get("since", ""), "since", 0, now),
        before=_first_id(query.get("until", ""), "until", ID_MAX, now),
        oldest_first=ORDERS[order],
        cursor=_cursor(query.get("cursor", "")),
    )


def _phases(text: str) -> frozenset[Phase]:
    if not text:
        return EVERY
    if unknown := [name for name in text.split(",") if name not in _PHASES]:
        raise Invalid(phase=f"{unknown[0]} is none of {', '.join(_PHASES)}")
    return frozenset(_PHASES[name] for name in text.split(","))


def _actor(ask: Ask) -> int:
    text = ask.query.get("actor", "")
    if text == "me":
        return ask.account.id
    id = ids.parse(text) if text else 0
    if id is None:
        raise Invalid(actor="should be me, or the id of an account")
    return id


def _cursor(text: str) -> int | None:
    id = ids.parse(text) if text else None
    if text and id is None:
        raise Invalid(cursor="should be what an answer gave as next")
    return id


def _first_id(text: str, name: str, default: int, now: int) -> int:
    """The smallest id that something of this time can have."""
    if not text:
        return default
    try:
        at = datetime.fromisoformat(text).astimezone()
        return ids.first_at(max(0, min(int(at.timestamp() * SECOND), 2 * now)))
    except (ValueError, OverflowError):
        raise Invalid(**{name: "should be a time like 2026-01-02T03:04:05Z"}) from None


class _Held:
    """An answer that is held back until there is one. Nothing of what was asked is kept but this."""

    __slots__ = ("_answers", "_asked", "_seconds", "_stories")

    def __init__(
        self, stories: Stories, answers: Made[Story, Answer], asked: tuple[int, int, int], seconds: int
    ) -> None:
        self._stories = stories
        self._answers = answers
        self._asked = asked
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        story = await self._stories.changed(*self._asked, seconds=self._seconds)
        await self._answers.of(story)(scope, receive, send)


def id_in(ask: Ask) -> int:
    """The id of the operation in the path; NotFound where it is none."""
    id = ids.parse(ask.params["id"])
    if id is None:
        raise NotFound("operation", ask.params["id"])
    return id
