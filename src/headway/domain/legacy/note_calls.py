"""Keep who called what is to be switched off."""

from collections.abc import Sequence

from headway.domain.world import Office
from headway.model.legacy_calls import LegacyCalls
from headway.store import legacy_calls
from headway.store.database import Tx


async def note_calls(office: Office, calls: Sequence[LegacyCalls]) -> None:
    """Add these; those of tokens that were revoked are forgotten."""

    async def body(tx: Tx) -> None:
        for it in calls:
            await legacy_calls.add(tx, it)
        await legacy_calls.forget_revoked(tx)

    await office.database.write(body)
