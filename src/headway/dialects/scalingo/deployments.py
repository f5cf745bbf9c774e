"""Deployments: begin, list, look at, read what they said."""

from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import deployments as wire
from headway.domain.deployments.delete_cache import delete_cache as delete_cache_of
from headway.domain.deployments.deploy import deploy
from headway.errors import Busy
from headway.views import deployments
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty, text
from headway.web.says import TEXT, Says

PER_PAGE, PER_PAGE_MAX, PAGE_MAX = 20, 100, 1_000_000


@Says(wire.DeploymentsReply, params=asked.PAGES)
async def list_page(ask: Ask) -> Answer:
    """A page of them, newest first."""
    app, where = await asked.app(ask), asked.places(ask)
    page = ask.number("page", 1, at_least=1, at_most=PAGE_MAX)
    per_page = ask.number("per_page", PER_PAGE, at_least=1, at_most=PER_PAGE_MAX)
    found, total = await deployments.of_app(ask.world.database, app.id, page, per_page)
    shown = [project.deployment(one, where, app.stack) for one in found]
    return answer(wire.DeploymentsReply(shown, project.pagination(page, per_page, total)))


@Says(wire.DeploymentReply)
async def get(ask: Ask) -> Answer:
    """One deployment."""
    app = await asked.app(ask)
    found = await deployments.get(ask.world.database, app.id, asked.id_of(ask.params["id"], "deployment"))
    return answer(wire.DeploymentReply(project.deployment(found, asked.places(ask), app.stack)))


@Says(wire.DeploymentReply, 201, body=wire.CreateDeployment, keyed=True)
async def create(ask: Ask) -> Answer:
    """Begin to deploy what lies at `source_url`."""
    wanted = (await ask.body(wire.CreateDeployment)).deployment
    app = await asked.app(ask)
    deployment, operation = await deploy(
        ask.world, app, wanted.source_url, wanted.git_ref, ask.actor, key=ask.key
    )
    shown = deployments.shown(deployment, operation)
    return answer(wire.DeploymentReply(project.deployment(shown, asked.places(ask), app.stack)), 201)


@Says(TEXT)
async def output(ask: Ask) -> Answer:
    """What it has said so far."""
    app = await asked.app(ask)
    found = await deployments.get(ask.world.database, app.id, asked.id_of(ask.params["id"], "deployment"))
    return text(await deployments.output(ask.world.database, found.deployment))


@Says(status=204, refuses=(Busy,))
async def delete_cache(ask: Ask) -> Answer:
    """Let the next build begin with nothing that earlier ones kept."""
    await delete_cache_of(ask.world, await asked.app(ask), ask.actor)
    return empty()
