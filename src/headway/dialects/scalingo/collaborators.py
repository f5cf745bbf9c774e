"""Collaborators: list, invite, accept, limit, remove."""

from headway import ids
from headway.dialects.scalingo import asked, project
from headway.dialects.scalingo.wire import apps as wire_apps
from headway.dialects.scalingo.wire import collaborators as wire
from headway.domain.collaborators.accept import accept as accept_invitation
from headway.domain.collaborators.invite import invite as invite_somebody
from headway.domain.collaborators.limit import limit as limit_somebody
from headway.domain.collaborators.remove import remove as remove_somebody
from headway.errors import Conflict, NotFound
from headway.views import apps, collaborators
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

PURPOSE = "invitation"
TOKEN = Param("token", "What the link holds.", required=True)
LINK_SECONDS = 30 * 86_400
PER_PAGE, PER_PAGE_MAX, PAGE_MAX = 20, 100, 1_000_000


@Says(wire.CollaboratorsReply)
async def list_all(ask: Ask) -> Answer:
    """Everybody who works on the app or is invited, but for its owner."""
    app = await asked.app(ask, "collaborators.read")
    found = await collaborators.of_app(ask.world.database, app.id)
    return answer(wire.CollaboratorsReply([_shown(ask, one) for one in found]))


@Says(wire.CollaboratorsPage, params=asked.PAGES)
async def of_all(ask: Ask) -> Answer:
    """A page of those of all apps that the asker owns."""
    page = ask.number("page", 1, at_least=1, at_most=PAGE_MAX)
    per_page = ask.number("per_page", PER_PAGE, at_least=1, at_most=PER_PAGE_MAX)
    found, total = await collaborators.of_owner(ask.world.database, ask.account.id, page, per_page)
    meta = project.pagination(page, per_page, total)
    return answer(wire.CollaboratorsPage([_shown(ask, one) for one in found], meta))


@Says(wire.CollaboratorReply, 201, body=wire.Invite, refuses=(Conflict,))
async def invite(ask: Ask) -> Answer:
    """Invite somebody; the answer holds the link for them."""
    wanted = (await ask.body(wire.Invite)).collaborator
    app = await asked.app(ask)
    it = await invite_somebody(ask.world, app, wanted.email, ask.actor, is_limited=wanted.is_limited)
    return await _one(ask, app.id, it.id, 201)


@Says(wire_apps.AppReply, params=(TOKEN,), refuses=(NotFound, Conflict))
async def accept(ask: Ask) -> Answer:
    """Accept the invitation that the link is for; the answer is the app."""
    claims = ask.edge.signer.read(PURPOSE, ask.query.get("token", ""))
    app = await accept_invitation(
        ask.world, asked.id_of(claims["app"], "app"), asked.id_of(claims["id"], "collaborator"), ask.actor
    )
    shown = await apps.get(ask.world.database, ask.world.runtime, ask.account.id, ids.show(app.id))
    return answer(wire_apps.AppReply(project.app(shown, asked.places(ask))))


@Says(wire.CollaboratorReply, body=wire.Limit)
async def limit(ask: Ask) -> Answer:
    """Limit somebody, or lift the limit."""
    wanted = (await ask.body(wire.Limit)).collaborator
    app, id = await asked.app(ask), asked.id_of(ask.params["id"], "collaborator")
    await limit_somebody(ask.world, app, id, ask.actor, is_limited=wanted.is_limited)
    return await _one(ask, app.id, id, 200)


@Says(status=204)
async def remove(ask: Ask) -> Answer:
    """Somebody goes, or an invitation is withdrawn."""
    app = await asked.app(ask)
    await remove_somebody(ask.world, app, asked.id_of(ask.params["id"], "collaborator"), ask.actor)
    return empty()


async def _one(ask: Ask, app_id: int, id: int, status: int) -> Answer:
    shown = await collaborators.get(ask.world.database, app_id, id)
    return answer(wire.CollaboratorReply(_shown(ask, shown)), status)


def _shown(ask: Ask, it: collaborators.Shown) -> wire.Collaborator:
    """A link is shown to the owner only: who has it may accept."""
    link = ""
    if it.account is None and it.app.owner_id == ask.account.id:
        claims = {"app": ids.show(it.app.id), "id": ids.show(it.collaborator.id)}
        token = ask.edge.signer.sign(PURPOSE, claims, LINK_SECONDS)
        link = f"{asked.places(ask).origin}/v1/apps/collaboration?token={token}"
    return project.collaborator(it, link)
