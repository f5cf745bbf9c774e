"""Archives of app logs: a list in pages, and for each a link that needs no other proof and is good for an hour."""

from starlette.responses import FileResponse

from headway import ids
from headway.dialects.scalingo import asked, project_logs
from headway.dialects.scalingo.wire import logs as wire
from headway.errors import Invalid, NotFound, Unauthenticated
from headway.model.logs import Archive
from headway.views import logs
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Media, Param, Says

PURPOSE = "log-archive"
LINK_SECONDS = 3600
PER_PAGE = 20
PAGE_MAX = 1_000_000
CURSOR = Param("cursor", "The `next_cursor` of the archives before.")
PAGE = Param("page", "Which page, from 1; with `cursor` not looked at.", int)
TOKEN = Param("token", "What the link holds.", required=True)


@Says(wire.ArchivesReply, params=(CURSOR, PAGE), refuses=(Invalid,))
async def list_page(ask: Ask) -> Answer:
    """Some archives, newest first: those behind a `cursor`, or a `page` of them."""
    app = await asked.app(ask, "logs.read")
    app_id = ids.show(app.id)
    all_of_them = await logs.archives(ask.world.logbook, app_id)
    page, following = _page(ask, all_of_them)
    shown = [project_logs.archive(it, _url(ask, app_id, it)) for it in page]
    return answer(wire.ArchivesReply(next_cursor=following, has_more=bool(following), archives=shown))


@Says(Media("application/gzip"), params=(TOKEN,), refuses=(NotFound, Unauthenticated))
async def download(ask: Ask) -> FileResponse:
    """One archive, by a link that is still good."""
    claims = ask.edge.signer.read(PURPOSE, ask.query.get("token", ""))
    app_id, number = ask.params["app"], ask.params["number"]
    if claims["archive"] != f"{app_id}/{number}":
        raise Unauthenticated("the link is for another archive")
    file = await logs.archive(ask.world.logbook, app_id, int(number))
    return FileResponse(file, media_type="application/gzip", filename=f"{app_id}-{number}.log.gz")


def _page(ask: Ask, archives: list[Archive]) -> tuple[list[Archive], str]:
    """Which are asked for, and the cursor for those behind them: nothing where there are none."""
    cursor = ask.query.get("cursor", "")
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise Invalid(cursor="should be a `next_cursor` of this list")
    if cursor:
        behind = [it for it in archives if it.number < int(cursor)]
    else:
        behind = archives[(ask.number("page", 1, at_least=1, at_most=PAGE_MAX) - 1) * PER_PAGE :]
    page = behind[:PER_PAGE]
    return page, str(page[-1].number) if len(behind) > PER_PAGE else ""


def _url(ask: Ask, app_id: str, it: Archive) -> str:
    token = ask.edge.signer.sign(PURPOSE, {"archive": f"{app_id}/{it.number}"}, LINK_SECONDS)
    return f"{asked.places(ask).origin}/v1/logs_archives/{app_id}/{it.number}?token={token}"
