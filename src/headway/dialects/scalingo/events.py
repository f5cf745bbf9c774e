"""What happened: to an app, to who asks; and which kinds of events there are."""

from headway.clock import SECOND
from headway.dialects.scalingo import asked, project, project_events
from headway.dialects.scalingo.wire import events as wire
from headway.views import events
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

PER_PAGE, PER_PAGE_MAX, PAGE_MAX = 20, 100, 1_000_000
HOURS_MAX = 72
FROM = Param("from", "All of the last so many hours, 1 to 72, on one page.", int)


@Says(wire.EventsReply, params=(*asked.PAGES, FROM))
async def of_app(ask: Ask) -> Answer:
    """A page of what happened to an app, newest first."""
    app, database = await asked.app(ask, "events.read"), ask.world.database
    if (since := _since(ask)) is not None:
        return _whole(await events.of_app_since(database, ask.account.id, app, since))
    page, per_page = _page(ask)
    return _reply(*await events.of_app(database, ask.account.id, app, page, per_page), page, per_page)


@Says(wire.EventReply)
async def get(ask: Ask) -> Answer:
    """One thing that happened to an app."""
    app = await asked.app(ask, "events.read")
    seq = events.number_of(ask.params["id"])
    found = await events.one_of_app(ask.world.database, ask.account.id, app, seq)
    return answer(wire.EventReply(project_events.event(found)))


@Says(wire.EventsReply, params=(*asked.PAGES, FROM))
async def of_all(ask: Ask) -> Answer:
    """A page of what happened to who asks and to all apps that they see, newest first."""
    database = ask.world.database
    if (since := _since(ask)) is not None:
        return _whole(await events.of_account_since(database, ask.account.id, since))
    page, per_page = _page(ask)
    return _reply(*await events.of_account(database, ask.account.id, page, per_page), page, per_page)


@Says(wire.EventTypesReply)
async def types(_ask: Ask) -> Answer:
    """Every kind of event."""
    return answer(wire.EventTypesReply(project_events.event_types()))


@Says(wire.EventCategoriesReply)
async def categories(_ask: Ask) -> Answer:
    """Every category of them."""
    return answer(wire.EventCategoriesReply(project_events.event_categories()))


def _page(ask: Ask) -> tuple[int, int]:
    page = ask.number("page", 1, at_least=1, at_most=PAGE_MAX)
    return page, ask.number("per_page", PER_PAGE, at_least=1, at_most=PER_PAGE_MAX)


def _since(ask: Ask) -> int | None:
    hours = ask.number("from", 0, at_most=HOURS_MAX)
    return ask.world.clock.now() - hours * 3600 * SECOND if hours else None


def _reply(found: list[events.Told], total: int, page: int, per_page: int) -> Answer:
    shown = [project_events.event(one) for one in found]
    return answer(wire.EventsReply(shown, project.pagination(page, per_page, total)))


def _whole(found: list[events.Told]) -> Answer:
    return _reply(found, len(found), 1, max(1, len(found)))
