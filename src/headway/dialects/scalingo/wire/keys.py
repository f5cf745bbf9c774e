"""SSH keys on the wire."""

import msgspec

from headway.dialects.scalingo.wire.apps import Owner


class Key(msgspec.Struct, kw_only=True):
    """One public key. Clients crash where `content` is shorter than 30 characters, which no key is."""

    id: str
    name: str
    content: str
    fingerprint: str
    created_at: str
    owner: Owner


class KeyReply(msgspec.Struct):
    """One key, under its name."""

    key: Key


class KeysReply(msgspec.Struct):
    """Keys, under their name."""

    keys: list[Key]


class NewKey(msgspec.Struct, kw_only=True):
    """A key to be added."""

    name: str
    content: str


class AddKey(msgspec.Struct, kw_only=True):
    """The same: nested by the Go client, bare by the npm one."""

    key: NewKey | None = None
    name: str | None = None
    content: str | None = None
