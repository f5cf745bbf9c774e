"""Domains: list, look at, add, change, remove."""

from headway.dialects.scalingo import asked
from headway.dialects.scalingo import project_domains as project
from headway.dialects.scalingo.wire import domains as wire
from headway.domain.domains.add import add as add_domain
from headway.domain.domains.edit import edit as edit_domain
from headway.domain.domains.remove import remove as remove_domain
from headway.views import domains
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says


@Says(wire.DomainsReply)
async def list_all(ask: Ask) -> Answer:
    """Every one of the app; never in pages."""
    app = await asked.app(ask, "domains.read")
    found = await domains.of_app(ask.world.database, app.id)
    is_open = ask.world.authority.is_open
    return answer(wire.DomainsReply([project.domain(it, is_open=is_open) for it in found]))


@Says(wire.DomainReply)
async def get(ask: Ask) -> Answer:
    """One of them."""
    app = await asked.app(ask, "domains.read")
    return await _one(ask, app.id, asked.id_of(ask.params["id"], "domain"), 200)


@Says(wire.DomainReply, 201, body=wire.AddDomain)
async def add(ask: Ask) -> Answer:
    """A new one, which leads to the app."""
    wanted = (await ask.body(wire.AddDomain)).domain
    app = await asked.app(ask)
    it = await add_domain(ask.world, app, project.wish(wanted), ask.actor)
    return await _one(ask, app.id, it.id, 201)


@Says(wire.DomainReply, body=wire.ChangeDomain)
async def change(ask: Ask) -> Answer:
    """Another certificate, or none; canonical or not."""
    wanted = (await ask.body(wire.ChangeDomain)).domain
    app, id = await asked.app(ask), asked.id_of(ask.params["id"], "domain")
    await edit_domain(ask.world, app, id, project.changes(wanted), ask.actor)
    return await _one(ask, app.id, id, 200)


@Says(status=204)
async def remove(ask: Ask) -> Answer:
    """It leads nowhere any more."""
    app = await asked.app(ask)
    await remove_domain(ask.world, app, asked.id_of(ask.params["id"], "domain"), ask.actor)
    return empty()


async def _one(ask: Ask, app_id: int, id: int, status: int) -> Answer:
    shown = await domains.get(ask.world.database, app_id, id)
    return answer(wire.DomainReply(project.domain(shown, is_open=ask.world.authority.is_open)), status)
