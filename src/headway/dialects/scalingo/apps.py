"""Apps: create, list, look at, change, delete; and their children."""

import msgspec

from headway import ids
from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import apps as wire
from headway.domain.apps.configure import configure
from headway.domain.apps.create import create as create_app
from headway.domain.apps.delete import delete as delete_app
from headway.domain.apps.file import file
from headway.domain.apps.rename import rename as rename_app
from headway.domain.apps.transfer import transfer
from headway.errors import Invalid, NotFound, PaymentRequired
from headway.model.apps import App, checked_current_name
from headway.views import apps, projects
from headway.web.ask import Ask, truth
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

PER_PAGE, PER_PAGE_MAX, PAGE_MAX = 20, 100, 1_000_000
DRY_RUN = Param("X-Dry-Run", "With `true` all is checked and answered, and nothing stays.", bool, "header")
CURRENT = Param("current_name", "What the app is called now; refused where that is not so.")
_ALONE = {"owner", "project_id"}


@Says(wire.AppReply, 201, body=wire.CreateApp, params=(DRY_RUN,), refuses=(NotFound, PaymentRequired))
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
        project_id=asked.project_id_of(wanted.project_id) if wanted.project_id else None,
        dry_run=truth("X-Dry-Run", ask.headers.get("x-dry-run", "false")),
    )
    return await _new(ask, app, parent)


@Says(wire.AppsReply)
async def list_all(ask: Ask) -> Answer:
    """Every app that the asker may see; never in pages."""
    world, where = ask.world, asked.places(ask)
    found = await apps.of_account(world.database, world.runtime, ask.account.id)
    return answer(wire.AppsReply([project.app(shown, where) for shown in found]))


@Says(wire.AppReply)
async def get(ask: Ask) -> Answer:
    """One app."""
    return await _shown(ask, ask.params["app"])


@Says(wire.AppReply, 201, body=wire.CreateChild, refuses=(PaymentRequired,))
async def create_child(ask: Ask) -> Answer:
    """A new app, the child of this one."""
    name = (await ask.body(wire.CreateChild)).app.name
    parent = await asked.app(ask, "app.create_child")
    app = await create_app(ask.world, name, ask.actor, parent_id=parent.id)
    return await _new(ask, app, parent)


async def _new(ask: Ask, app: App, parent: App | None) -> Answer:
    """The app, which may not be there: a dry run leaves nothing."""
    filed = await projects.of_app(ask.world.database, app)
    shown = apps.Shown(
        app=app, owner=ask.account, status="new", parent=parent.name if parent else None, project=filed
    )
    return answer(wire.AppReply(project.app(shown, asked.places(ask))), 201)


@Says(wire.ChildrenReply, params=asked.PAGES)
async def children(ask: Ask) -> Answer:
    """A page of its children, oldest first."""
    parent, where, world = await asked.app(ask), asked.places(ask), ask.world
    page = ask.number("page", 1, at_least=1, at_most=PAGE_MAX)
    per_page = ask.number("per_page", PER_PAGE, at_least=1, at_most=PER_PAGE_MAX)
    found, total = await apps.children(world.database, world.runtime, parent.id, page, per_page)
    shown = [project.app(one, where) for one in found]
    return answer(wire.ChildrenReply(shown, project.pagination(page, per_page, total)))


@Says(wire.AppReply, body=wire.Rename, keyed=True)
async def rename(ask: Ask) -> Answer:
    """Another name; the answer is the app as it is then."""
    wanted = await ask.body(wire.Rename)
    app = await asked.app(ask)
    operation = await rename_app(
        ask.world, app, wanted.new_name, ask.actor, current=wanted.current_name, key=ask.key
    )
    await asked.ended(ask, operation)
    return await _shown(ask, ids.show(app.id))


@Says(wire.AppReply, body=wire.Change, params=(CURRENT,), keyed=True, refuses=(PaymentRequired,))
async def change(ask: Ask) -> Answer:
    """Another owner, or other settings; they may stand below `app` or not, as clients differ."""
    wanted = await ask.body(wire.Change)
    app, said = await asked.app(ask), _said(wanted)
    current = ask.query.get("current_name", wanted.current_name)
    if current is not None:
        checked_current_name(app, current)
    if not said:
        raise Invalid(app="should name what is to change")
    # One could be done and the other refused.
    if len(said) > 1 and (alone := _ALONE & set(said)):
        raise Invalid(**dict.fromkeys(alone, "cannot change together with anything else"))
    if "owner" in said:
        await transfer(ask.world, app, str(said["owner"]), ask.actor)
    elif "project_id" in said:
        await file(ask.world, app, asked.project_id_of(str(said["project_id"])), ask.actor)
    else:
        await asked.ended(ask, await configure(ask.world, app, said, ask.actor, ask.key))
    return await _shown(ask, ids.show(app.id))


def _said(wanted: wire.Change) -> dict[str, object]:
    """What is to change, by our names."""
    both = [
        {name: getattr(one, name) for name in wire.Changes.__struct_fields__} for one in (wanted, wanted.app)
    ]
    said = {name: value for one in both for name, value in one.items() if value is not msgspec.UNSET}
    if "stack_id" in said:
        said["stack"] = said.pop("stack_id")
    return said


@Says(status=204, params=(CURRENT,), keyed=True)
async def delete(ask: Ask) -> Answer:
    """Nothing is left of it; the answer comes when that is so."""
    app = await asked.app(ask)
    current = ask.query.get("current_name", "")
    await asked.ended(ask, await delete_app(ask.world, app, current, ask.actor, ask.key))
    return empty()


async def _shown(ask: Ask, name: str) -> Answer:
    shown = await apps.get(ask.world.database, ask.world.runtime, ask.account.id, name)
    return answer(wire.AppReply(project.app(shown, asked.places(ask))))
