"""Users, tokens and regions: what Scalingo keeps on its auth host."""

from headway.dialects.scalingo import project, project_accounts
from headway.dialects.scalingo.asked import id_of, places
from headway.dialects.scalingo.login import asker
from headway.dialects.scalingo.wire import accounts as wire
from headway.domain.accounts.create_token import create_token
from headway.domain.accounts.renew_token import renew_token
from headway.domain.accounts.revoke_token import revoke_token
from headway.domain.accounts.update import Update, update
from headway.errors import Forbidden, Invalid, TooMany, Unauthenticated
from headway.views import accounts
from headway.web.ask import Ask
from headway.web.body import Answer, answer, empty
from headway.web.says import Param, Says

ROLES = ["Developer", "Operator", "Technical lead", "Product owner", "Student", "Other"]
OTP = Param(
    "X-Authorization-OTP", "What a second factor shows, where one logs in by password.", place="header"
)


@Says(wire.RegionsReply)
async def regions(ask: Ask) -> Answer:
    """The one region, told to anybody: a client asks before it has logged in."""
    return answer(project.region(places(ask)))


@Says(wire.UserReply)
async def self(ask: Ask) -> Answer:
    """Who asks."""
    return answer(project_accounts.user(ask.account))


@Says(wire.UserReply, body=wire.ChangeUser, refuses=(TooMany,))
async def change(ask: Ask) -> Answer:
    """What the asker says of themselves, and by what they log in."""
    wanted = (await ask.body(wire.ChangeUser)).user
    if wanted.password is not None and wanted.password_confirmation not in {None, wanted.password}:
        raise Invalid(password_confirmation="is not the password")  # noqa: S106 - it says what is wrong
    if wanted.current_password is not None:
        ask.edge.guesses.count(ask.account.name, ask.address)
    return answer(project_accounts.user(await update(ask.world, ask.account.id, _update(wanted), ask.actor)))


def _update(wanted: wire.Changes) -> Update:
    return Update(
        name=wanted.username,
        email=wanted.email,
        fullname=wanted.fullname,
        company=wanted.company,
        location=wanted.location,
        password=wanted.password,
        current_password=wanted.current_password,
    )


@Says(wire.RolesReply)
async def roles(_ask: Ask) -> Answer:
    """What people may say that they are; nothing depends on it."""
    return answer(wire.RolesReply(ROLES))


@Says(wire.UserReply)
async def stop_free_trial(ask: Ask) -> Answer:
    """There is no trial, so none goes on when this is answered."""
    return answer(project_accounts.user(ask.account))


@Says(status=204, refuses=(Forbidden,))
async def delete(_ask: Ask) -> Answer:
    """Accounts are not deleted by a request."""
    raise Forbidden("an account is deleted by whoever runs the platform: ask them")


@Says(wire.Jwt)
async def exchange(ask: Ask) -> Answer:
    """An API token becomes a JWT."""
    return answer(wire.Jwt(ask.edge.identity.jwt(ask.caller)))


@Says(wire.TokensReply)
async def tokens(ask: Ask) -> Answer:
    """The asker's API tokens."""
    found = await accounts.tokens_of(ask.world.database, ask.account.id)
    return answer(wire.TokensReply([project_accounts.token(token) for token in found]))


@Says(wire.TokenReply, 201, body=wire.CreateToken, params=(OTP,), refuses=(Unauthenticated, TooMany))
async def create(ask: Ask) -> Answer:
    """A new API token, with its secret; also for somebody who has none yet, and a password."""
    account = await asker(ask)
    body = await ask.body(wire.CreateToken)
    name = body.token.name if body.token else body.name
    if name is None:
        raise Invalid(name="missing field")
    token, secret = await create_token(ask.world, account.id, name, ask.acting(account))
    return answer(wire.TokenReply(project_accounts.token(token, secret)), 201)


@Says(wire.TokenReply)
async def renew(ask: Ask) -> Answer:
    """Another secret for an API token."""
    token_id = id_of(ask.params["id"], "token")
    token, secret = await renew_token(ask.world, ask.account.id, token_id, ask.actor)
    return answer(wire.TokenReply(project_accounts.token(token, secret)))


@Says(status=204)
async def revoke(ask: Ask) -> Answer:
    """An API token goes, and every JWT made from it."""
    await revoke_token(ask.world, ask.account.id, id_of(ask.params["id"], "token"), ask.actor)
    return empty()
