"""SSH keys in Scalingo's words: pure."""

from headway import ids
from headway.dialects.scalingo.project import date
from headway.dialects.scalingo.wire import keys as wire
from headway.model.keys import Key


def key(it: Key) -> wire.Key:
    """One public key."""
    return wire.Key(
        id=ids.show(it.id),
        name=it.name,
        content=it.content,
        fingerprint=it.fingerprint,
        created_at=date(it.created_at),
    )
