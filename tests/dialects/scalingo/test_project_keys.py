"""SSH keys in Scalingo's words."""

from headway.dialects.scalingo.project_keys import key
from headway.model.keys import Key
from tests.records import AT


def test_a_key_is_told_whole() -> None:
    it = key(Key(20, 1, "laptop", "ssh-ed25519 AAAA me", "SHA256:a", AT))
    assert (it.id, it.name, it.content, it.fingerprint) == (
        "000000000000000000000014",
        "laptop",
        "ssh-ed25519 AAAA me",
        "SHA256:a",
    )
    assert it.created_at == "2023-11-14T22:13:20.123Z"
