"""The second factor of an account: whether there is one, begin, confirm, do without it."""

from headway.dialects.scalingo import project_accounts as project
from headway.dialects.scalingo.wire import accounts as wire
from headway.domain.accounts.confirm_factor import confirm_factor
from headway.domain.accounts.disable_factor import disable_factor
from headway.domain.accounts.enrol_factor import enrol_factor
from headway.errors import Conflict, Invalid, TooMany
from headway.model.second_factors import DIGITS, uri
from headway.views import second_factors
from headway.web.ask import Ask
from headway.web.body import Answer, answer
from headway.web.says import Says

ISSUER = "Headway"


@Says(wire.FactorReply)
async def status(ask: Ask) -> Answer:
    """Whether the asker has one."""
    enabled = await second_factors.is_enabled(ask.world.database, ask.account.id)
    return answer(wire.FactorReply(project.factor(ask.account, enabled=enabled)))


@Says(wire.FactorReply, 201, body=wire.BeginFactor, refuses=(Conflict,))
async def begin(ask: Ask) -> Answer:
    """What the asker's device has to know. Nothing is asked of them before they have confirmed it."""
    wanted = (await ask.body(wire.BeginFactor)).tfa.provider
    if wanted != project.TOTP:
        raise Invalid(provider=f"should be {project.TOTP}")
    factor = await enrol_factor(ask.world, ask.account.id)
    told = uri(factor.secret, ISSUER, ask.account.name)
    return answer(wire.FactorReply(project.factor(ask.account, enabled=False, uri=told)), 201)


@Says(wire.ConfirmedReply, body=wire.ShowFactor, refuses=(Conflict, TooMany))
async def confirm(ask: Ask) -> Answer:
    """It is asked for from now on; the answer holds the recovery codes."""
    codes = await confirm_factor(ask.world, ask.account.id, await _shown(ask), ask.actor)
    enabled = project.factor(ask.account, enabled=True)
    return answer(wire.ConfirmedReply(wire.Confirmed(codes=codes, user=enabled)))


@Says(wire.FactorGone, body=wire.ShowFactor, refuses=(Conflict, TooMany))
async def disable(ask: Ask) -> Answer:
    """It is not asked for any more."""
    await disable_factor(ask.world, ask.account.id, await _shown(ask), ask.actor)
    gone = project.factor(ask.account, enabled=False)
    return answer(wire.FactorGone(uuid=gone.uuid, enabled=False, provider=None, tfa=gone))


async def _shown(ask: Ask) -> str:
    """The code that came. A number has lost the zeros before it."""
    attempt = (await ask.body(wire.ShowFactor)).tfa.attempt
    ask.edge.guesses.count(ask.account.name, ask.address)
    return f"{attempt:0{DIGITS}d}" if isinstance(attempt, int) else attempt
