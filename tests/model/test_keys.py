"""Which public keys are taken, and how they are called."""

import base64
import re

import pytest

from headway.errors import Invalid
from headway.model.keys import checked_content, checked_name
from tests.ssh_keys import KEY, SHORT_RSA, SSH_KEYS


@pytest.mark.parametrize(("line", "fingerprint"), SSH_KEYS.items())
def test_a_key_of_each_kind_is_called_as_openssh_calls_it(line: str, fingerprint: str) -> None:
    assert checked_content(f"{line}\n") == (line, fingerprint)


def test_a_comment_makes_no_other_key() -> None:
    kind, blob, _ = KEY.split(" ")
    assert checked_content(f"{kind} {blob} somebody else")[1] == checked_content(KEY)[1]
    assert checked_content(f"{kind} {blob}")[1] == checked_content(KEY)[1]


def encoded(*fields: bytes) -> str:
    return base64.b64encode(b"".join(len(it).to_bytes(4, "big") + it for it in fields)).decode()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "ssh-ed25519",
        "ssh-ed25519 not base64",
        "ssh-ed25519 AAAA",
        f"ssh-ed25519 {encoded(b'ssh-rsa', b'x' * 32)}",
        f"ssh-ed25519 {encoded(b'ssh-ed25519', b'x' * 31)}",
        f"ssh-ed25519 {encoded(b'ssh-ed25519', b'x' * 32, b'more')}",
        f"ssh-ed25519 {base64.b64encode(b'ssh').decode()}",
        f"ssh-rsa {encoded(b'ssh-rsa', b'x')}",
        f"ssh-dss {encoded(b'ssh-dss', b'x' * 200)}",
        f"ecdsa-sha2-nistp256 {encoded(b'ecdsa-sha2-nistp256')}",
        f"ecdsa-sha2-nistp256 {encoded(b'ecdsa-sha2-nistp256', b'nistp384', b'x' * 65)}",
        f"ecdsa-sha2-nistp256 {encoded(b'ecdsa-sha2-nistp256', b'nistp256', b'x' * 65)}",
        f"no-pty {KEY}",
        f"{KEY}\n{KEY}",
        f"{KEY} \x1b[31m",
        f"{KEY} {'x' * 20_000}",
    ],
)
def test_what_is_no_public_key_is_refused(content: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_content(content)
    assert set(refused.value.fields) == {"content"}


def test_a_key_that_is_too_short_is_refused_with_its_length() -> None:
    with pytest.raises(Invalid, match=re.escape("of 1024 bits")):
        checked_content(SHORT_RSA)


def test_a_private_key_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(Invalid) as refused:
        checked_content("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----")
    assert "private key" in str(refused.value)
    assert "c2VjcmV0" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\nb", "a\0b"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        checked_name(name)
