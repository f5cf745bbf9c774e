"""Certificates as rows. A private key is read by whoever serves it, and by nobody else."""

from headway.model.certificates import Certificate, Pair
from headway.store.database import Row, Tx
from headway.store.sheets import sheet

SQL = sheet("certificates")


def _certificate(row: Row) -> Certificate:
    id, domain_id, own, *rest = row
    return Certificate(id, domain_id, bool(own), *rest)


async def insert(tx: Tx, id: int, domain_id: int, pair: Pair, at: int, *, own: bool) -> None:
    """Keep a new one; nothing where it is kept already."""
    await tx.run(
        SQL["insert"],
        id=id,
        domain_id=domain_id,
        own=int(own),
        chain=pair.chain,
        private_key=pair.key,
        not_before=pair.not_before,
        not_after=pair.not_after,
        at=at,
    )


async def get(tx: Tx, id: int) -> Certificate | None:
    """The one with this id."""
    row = await tx.one(SQL["get"], id=id)
    return None if row is None else _certificate(row)


async def of_domain(tx: Tx, domain_id: int) -> list[Certificate]:
    """All of a domain; the first is the one that is served."""
    return [_certificate(row) for row in await tx.all(SQL["of_domain"], domain_id=domain_id)]


async def served(tx: Tx, domain_id: int) -> tuple[str, str] | None:
    """Chain and private key of the one that is served."""
    row = await tx.one(SQL["served"], domain_id=domain_id)
    return None if row is None else (row[0], row[1])


async def life(tx: Tx, domain_id: int) -> tuple[int, int] | None:
    """From when until when the one that is served is good; None where there is none."""
    row = await tx.one(SQL["life"], domain_id=domain_id)
    return None if row is None else (row[0], row[1])


async def delete(tx: Tx, id: int) -> None:
    """It is gone."""
    await tx.run(SQL["delete"], id=id)


async def delete_others(tx: Tx, domain_id: int, id: int) -> None:
    """All others of the domain are gone."""
    await tx.run(SQL["delete_others"], domain_id=domain_id, id=id)


async def delete_own(tx: Tx, domain_id: int) -> None:
    """The domain has none of its own any more."""
    await tx.run(SQL["delete_own"], domain_id=domain_id)


async def delete_all(tx: Tx, domain_id: int) -> None:
    """The domain has none any more."""
    await tx.run(SQL["delete_all"], domain_id=domain_id)
