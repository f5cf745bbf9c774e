"""Calls of what is to be switched off: by whom, and when last."""

import msgspec


class LegacyCalls(msgspec.Struct, frozen=True):
    """All calls of one route with one API token. Field order is column order."""

    route: str
    """The name of its deprecation: `platform-v1-operations`."""
    token_id: int
    account_id: int
    calls: int
    first_at: int
    last_at: int
