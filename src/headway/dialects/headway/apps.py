"""Apps: list, create, look at, rename, delete; their formation, containers, restarts and one-offs."""

from headway import ids
from headway.dialects.headway import project as own
from headway.dialects.headway import project_apps as project
from headway.dialects.headway import said
from headway.dialects.headway import wire_apps as wire
from headway.dialects.headway.commands import begun, if_match, is_dry
from headway.domain.apps.create import create as create_app
from headway.domain.apps.delete import delete as delete_app
from headway.domain.apps.rename import rename as rename_app
from headway.domain.apps.restart import restart as restart_app
from headway.domain.apps.scale import scale as scale_app
from headway.domain.one_offs.start import start as start_one_off
from headway.domain.operations.rehearse import rehearse
from headway.domain.world import World
from headway.model.apps import App, Change
from headway.model.one_offs import Wish
from headway.model.operations import Operation
from headway.model.versions import version_of
from headway.views import apps, containers, projects
from headway.views.stories import Stories
from headway.web.ask import Ask
from headway.web.attaching import attach_origin, secret_of
from headway.web.body import Answer, answer
from headway.web.says import Param, Says

NAME = Param("name", "What the app is called: the proof that this one is meant.", required=True)


class Apps:
    """The handlers; `stories` tells of the operations that they begin."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    @Says(wire.Apps)
    async def list(self, ask: Ask) -> Answer:
        """Every app that the asker may see."""
        world = ask.world
        found = await apps.of_account(world.database, world.runtime, ask.account.id)
        return answer(wire.Apps(apps=[await _shown(world, it) for it in found]))

    @Says(wire.App, 201, body=wire.Create, also={200: wire.App}, params=(said.DRY_RUN,))
    async def create(self, ask: Ask) -> Answer:
        """A new app; in a dry run the same answer, and nothing stays."""
        wanted, dry = await ask.body(wire.Create), is_dry(ask)
        app = await create_app(ask.world, wanted.name, ask.actor, git_source=wanted.git_source, dry_run=dry)
        filed = await projects.of_app(ask.world.database, app)
        shown = apps.Shown(app=app, owner=ask.account, status="new", parent=None, project=filed)
        told = await _shown(ask.world, shown)
        return answer(told, 200 if dry else 201, {} if dry else {"Location": told.links["self"]})

    @Says(wire.App)
    async def get(self, ask: Ask) -> Answer:
        """One app."""
        world = ask.world
        shown = await apps.get(world.database, world.runtime, ask.account.id, ask.params["app"])
        return answer(await _shown(world, shown))

    @said.command(body=wire.Rename)
    async def rename(self, ask: Ask) -> Answer:
        """Begin to give it another name."""
        name = (await ask.body(wire.Rename)).name
        app = await asked(ask)

        async def command(world: World) -> Operation:
            return await rename_app(world, app, name, ask.actor, current=app.name, key=ask.key)

        return await begun(ask, self._stories, command)

    @said.command(params=(NAME,))
    async def delete(self, ask: Ask) -> Answer:
        """Begin to delete it; `?name=` must say what it is called."""
        app = await asked(ask)
        return await begun(
            ask,
            self._stories,
            lambda world: delete_app(world, app, ask.query.get("name", ""), ask.actor, ask.key),
        )

    @Says(wire.Formation)
    async def formation(self, ask: Ask) -> Answer:
        """How many containers of each type; the `ETag` is what `If-Match` takes."""
        app = await asked(ask)
        types = await apps.types(ask.world.database, app.id)
        headers = {"ETag": f'"{version_of(types)}"'}
        return answer(wire.Formation(formation=project.formation(types)), 200, headers)

    @said.command(body=wire.Scale, params=(said.IF_MATCH,), refuses=said.CHANGE)
    async def scale(self, ask: Ask) -> Answer:
        """Begin to scale."""
        wanted = (await ask.body(wire.Scale)).formation
        app = await asked(ask)
        changes = [Change(name=name, amount=it.amount, size=it.size) for name, it in wanted.items()]

        async def command(world: World) -> Operation:
            return (await scale_app(world, app, changes, ask.actor, ask.key, match=if_match(ask)))[1]

        return await begun(ask, self._stories, command)

    @said.command(body=wire.Restart)
    async def restart(self, ask: Ask) -> Answer:
        """Begin to restart."""
        scope = (await ask.body(wire.Restart)).scope
        app = await asked(ask)
        return await begun(
            ask, self._stories, lambda world: restart_app(world, app, scope, ask.actor, ask.key)
        )

    @Says(wire.Containers)
    async def containers(self, ask: Ask) -> Answer:
        """Every container."""
        app, world = await asked(ask), ask.world
        found = await containers.of_app(world.database, world.runtime, app)
        return answer(wire.Containers(containers=[project.container(it) for it in found]))

    @said.command(wire.Started, body=wire.Run)
    async def run(self, ask: Ask) -> Answer:
        """Begin to run a command once; how to follow that, and where to attach a terminal."""
        wanted = await ask.body(wire.Run)
        app = await asked(ask)
        wish = Wish(
            command=wanted.command,
            type="",
            environment=wanted.env,
            size=wanted.size,
            detached=wanted.detached,
        )
        if is_dry(ask):
            plan = await rehearse(
                ask.world, lambda world: start_one_off(world, app, wish, ask.actor, ask.key)
            )
            return answer(own.plan(plan))
        it, operation = await start_one_off(ask.world, app, wish, ask.actor, ask.key)
        origin = attach_origin(ask.world.config, ask.origin)
        url = None if it.detached else f"{origin}/{secret_of(ask.edge.signer, it.id)}"
        where = own.path(operation.id)
        told = wire.Started(container=ids.show(it.id), label=it.label, attach_url=url, operation=where)
        return answer(told, 202, {"Location": where})


async def asked(ask: Ask, act: str = "app.read") -> App:
    """The app in the path, by id or name; NotFound also where the asker may not see it."""
    return await apps.find(ask.world.database, ask.account.id, ask.params["app"], act)


async def _shown(world: World, it: apps.Shown) -> wire.App:
    return project.app(it, await apps.types(world.database, it.app.id), world.config)
