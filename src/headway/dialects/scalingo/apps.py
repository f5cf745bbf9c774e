"""Apps: create, list, look at."""

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import apps as wire
from headway.domain.apps.create import create as create_app
from headway.views import apps
from headway.web.ask import Ask
from headway.web.body import Answer, answer


async def create(ask: Ask) -> Answer:
    """A new app; with `X-Dry-Run` the same answer, and nothing stays."""
    wanted = (await ask.body(wire.CreateApp)).app
    parent = (
        await apps.find(ask.world.database, ask.account.id, wanted.parent_id) if wanted.parent_id else None
    )
    app = await create_app(
        ask.world,
        wanted.name,
        ask.actor,
        git_source=wanted.git_source,
        stack=wanted.stack_id,
        parent_id=parent.id if parent else None,
        dry_run=ask.headers.get("x-dry-run", "").lower() == "true",
    )
    shown = apps.Shown(app=app, owner=ask.account, status="new", parent=parent.name if parent else None)
    return answer(wire.AppReply(project.app(shown, asked.places(ask))), 201)


async def list_all(ask: Ask) -> Answer:
    """Every app that the asker may see; never in pages."""
    world, where = ask.world, asked.places(ask)
    found = await apps.of_account(world.database, world.runtime, ask.account.id)
    return answer(wire.AppsReply([project.app(shown, where) for shown in found]))


async def get(ask: Ask) -> Answer:
    """One app."""
    return answer(wire.AppReply(project.app(await asked.shown_app(ask), asked.places(ask))))
