"""Users, tokens and regions: what Scalingo keeps on its auth host."""

from headway.dialects.scalingo import project
from headway.dialects.scalingo.asked import id_of, places
from headway.dialects.scalingo.wire import accounts as wire
from headway.domain.accounts.create_token import create_token
from headway.domain.accounts.renew_token import renew_token
from headway.domain.accounts.revoke_token import revoke_token
from headway.errors import Invalid
from headway.views import accounts
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Says


@Says(wire.RegionsReply)
async def regions(ask: Ask) -> Answer:
    """The one region, told to anybody: a client asks before it has logged in."""
    return answer(project.region(places(ask)))


@Says(wire.UserReply)
async def self(ask: Ask) -> Answer:
    """Who asks."""
    return answer(project.user(ask.account))


@Says(wire.Jwt)
async def exchange(ask: Ask) -> Answer:
    """An API token becomes a JWT."""
    return answer(wire.Jwt(ask.edge.identity.jwt(ask.caller)))


@Says(wire.TokensReply)
async def tokens(ask: Ask) -> Answer:
    """The asker's API tokens."""
    found = await accounts.tokens_of(ask.world.database, ask.account.id)
    return answer(wire.TokensReply([project.token(token) for token in found]))


@Says(wire.TokenReply, 201, body=wire.CreateToken)
async def create(ask: Ask) -> Answer:
    """A new API token, with its secret."""
    body = await ask.body(wire.CreateToken)
    name = body.token.name if body.token else body.name
    if name is None:
        raise Invalid(name="missing field")
    token, secret = await create_token(ask.world, ask.account.id, name, ask.actor)
    return answer(wire.TokenReply(project.token(token, secret)), 201)


@Says(wire.TokenReply)
async def renew(ask: Ask) -> Answer:
    """Another secret for an API token."""
    token_id = id_of(ask.params["id"], "token")
    token, secret = await renew_token(ask.world, ask.account.id, token_id, ask.actor)
    return answer(wire.TokenReply(project.token(token, secret)))


@Says(status=204)
async def revoke(ask: Ask) -> Answer:
    """An API token goes, and every JWT made from it."""
    await revoke_token(ask.world, ask.account.id, id_of(ask.params["id"], "token"), ask.actor)
    return empty()
