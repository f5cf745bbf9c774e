"""Have a certificate issued for a domain, and serve it. Also renews one: the old one is served until the new one is.

The app is not held: what else is done with it may be done meanwhile. That no two ask for the same domain at once is
kept by the domain's row, which names the operation that does.
"""

import contextlib
from collections.abc import AsyncGenerator, Mapping

import msgspec

from headway.domain.world import World
from headway.engine.declare import Again, OperationType, Run, Step
from headway.errors import Failure, Invalid, NotFound
from headway.model.certificates import checked
from headway.model.domains import Domain, is_due
from headway.model.operations import Actor, Detail, NewEvent, Operation
from headway.routers.port import Challenge
from headway.store import certificates, domains
from headway.store.database import Tx

SECONDS_MAX = 300
_PATIENT = Again(attempts_max=6, first_seconds=1)


class Certify(msgspec.Struct, frozen=True, kw_only=True):
    """For which domain."""

    app_id: int
    domain_id: int
    name: str


async def certify(world: World, tx: Tx, it: Domain, by: Actor) -> Operation | None:
    """Begin, in the caller's transaction, if a certificate is wanted and due; None where not."""
    if not world.authority.is_open or not world.config.apps_tls:
        return None
    theirs, life = await certificates.of_domain(tx, it.id), await certificates.life(tx, it.id)
    if any(one.own for one in theirs) or not is_due(it, life, world.clock.now()):
        return None
    params = Certify(app_id=it.app_id, domain_id=it.id, name=it.name)
    operation = await world.desk.submit(tx, CERTIFY, params, by=by)
    await domains.certifying(tx, it.id, operation.id)
    return operation


async def ask(run: Run[Certify, World]) -> None:
    """The authority has issued one, and it is kept under the operation's id."""
    world, params, id = run.world, run.params, run.operation.id
    if await world.database.read(lambda tx: certificates.get(tx, id)) is not None:
        return
    run.say(f"asking for a certificate for {params.name}")
    issued = await world.authority.issue(
        params.name, lambda token, answer: _answered(world, params.name, token, answer)
    )
    now = world.clock.now()
    try:
        pair = checked(issued.chain, issued.key, params.name, now)
    except Invalid as invalid:
        raise Failure("acme-unusable", f"the authority's certificate {invalid}") from invalid

    async def keep(tx: Tx) -> None:
        await domains.get(tx, params.app_id, params.domain_id)
        await certificates.insert(tx, id, params.domain_id, pair, now, own=False)

    try:
        await world.database.write(keep)
    except NotFound as gone:
        raise Failure("domain-removed", f"{params.name} was removed meanwhile") from gone


async def forget(run: Run[Certify, World]) -> None:
    """It is not kept, and not served."""
    await run.world.database.write(lambda tx: certificates.delete(tx, run.operation.id))
    await run.world.sites.show(run.params.app_id)


async def serve(run: Run[Certify, World]) -> None:
    """The router serves it."""
    await run.world.sites.show(run.params.app_id)


@contextlib.asynccontextmanager
async def _answered(world: World, host: str, token: str, answer: str) -> AsyncGenerator[None]:
    challenge = Challenge(host=host, token=token, answer=answer)
    try:
        await world.router.answer(challenge)
        yield
    finally:
        await world.router.answer_no_more(challenge)


async def record(run: Run[Certify, World], tx: Tx) -> None:
    """It is the domain's only one; or it goes, where it is not wanted any more."""
    params, id, world = run.params, run.operation.id, run.world
    if await domains.certified(tx, params.domain_id, id):
        theirs = await certificates.of_domain(tx, params.domain_id)
        domain = await domains.get(tx, params.app_id, params.domain_id)
        if domain.automatic and not any(it.own for it in theirs):
            await certificates.delete_others(tx, params.domain_id, id)
            data = {"domain": params.domain_id, "name": params.name, "ssl": True, "old_ssl": len(theirs) > 1}
            tx.append(_event(run, "domain.certified", data))
            return
    await certificates.delete(tx, id)
    tx.after_commit(lambda: world.sites.later(params.app_id))


async def record_failure(run: Run[Certify, World], tx: Tx, detail: Detail) -> None:
    """Why is kept at the domain, and when: it is tried again after a pause."""
    params, id, now = run.params, run.operation.id, run.world.clock.now()
    await certificates.delete(tx, id)
    if await domains.failed(tx, params.domain_id, id, now, problem=detail.code, error=detail.text):
        had = bool(await certificates.of_domain(tx, params.domain_id))
        said = {"domain": params.domain_id, "name": params.name, "ssl": had, "old_ssl": had}
        data = said | {"code": detail.code, "text": detail.text}
        tx.append(_event(run, "domain.certify_failed", data))


def _event(run: Run[Certify, World], name: str, data: Mapping[str, object]) -> NewEvent:
    it, by = run.operation, Actor(account_id=run.operation.account_id)
    return NewEvent(
        at=run.world.clock.now(), name=name, operation=it.id, target=it.target, by=by, data=dict(data)
    )


CERTIFY: OperationType[Certify, World] = OperationType(
    name="domain.certify",
    params=Certify,
    target=lambda params: f"app:{params.app_id}",
    exclusive=False,
    steps=(
        Step(
            title="ask the authority for a certificate",
            do=ask,
            undo=forget,
            weight=6,
            seconds_max=SECONDS_MAX,
            again=_PATIENT,
        ),
        Step(title="serve it", do=serve, again=_PATIENT),
    ),
    record=record,
    record_failure=record_failure,
    summary=lambda params: f"certify {params.name}",
)
