"""Domains as people see them: with what is told of the certificate that is served."""

import msgspec

from headway.model.certificates import Certificate
from headway.model.domains import Domain
from headway.store import certificates, domains
from headway.store.database import Database, Tx


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One domain with what is shown beside it."""

    domain: Domain
    certificate: Certificate | None
    """The one that is served; None where it is the router's own."""


async def of_app(database: Database, app_id: int) -> list[Shown]:
    """All of an app, in the order in which they were added."""

    async def body(tx: Tx) -> list[Shown]:
        return [await _shown(tx, it) for it in await domains.of_app(tx, app_id)]

    return await database.read(body)


async def get(database: Database, app_id: int, id: int) -> Shown:
    """One of the app; NotFound."""

    async def body(tx: Tx) -> Shown:
        return await _shown(tx, await domains.get(tx, app_id, id))

    return await database.read(body)


async def _shown(tx: Tx, it: Domain) -> Shown:
    # One that has just been issued is not served before the operation has ended that asked for it.
    theirs = [one for one in await certificates.of_domain(tx, it.id) if one.id != it.certifying]
    return Shown(domain=it, certificate=theirs[0] if theirs else None)
