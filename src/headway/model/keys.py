"""SSH keys: by which `git push` and `scalingo login --ssh` know an account."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable

import msgspec

from headway.errors import Invalid

NAME_LENGTH_MAX = 200
CONTENT_LENGTH_MAX = 16_384
RSA_BITS_MIN, RSA_BITS_MAX = 2048, 16_384
_ED25519_BYTES = 32
_POINT_BYTES = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
_UNCOMPRESSED = 4
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Key(msgspec.Struct, frozen=True):
    """A public key of an account. Field order is column order."""

    id: int
    account_id: int
    name: str
    content: str
    """One line as OpenSSH writes it: type, key, comment."""
    fingerprint: str
    """As OpenSSH shows it: `SHA256:` and 43 characters. No two keys of a platform have the same one."""
    created_at: int


def checked_name(name: str) -> str:
    """The name itself; Invalid where it is empty, too long, or holds what cannot be shown."""
    if not name.strip() or len(name) > NAME_LENGTH_MAX or _CONTROL.search(name):
        raise Invalid(name=f"should have between 1 and {NAME_LENGTH_MAX} characters, all of them visible")
    return name


def checked_content(content: str) -> tuple[str, str]:
    """The key as it is kept, and its fingerprint. Invalid where it is no public key that we take.

    What is wrong with it is told without a word of it: it might be somebody's private key.
    """
    line = content.strip()
    if "PRIVATE KEY" in line:
        raise Invalid(content="is a private key: keep it to yourself, and send the public one (.pub)")
    kind, _, rest = line.partition(" ")
    blob = _blob(rest.split(" ", 1)[0])
    if len(line) > CONTENT_LENGTH_MAX or _CONTROL.search(line) or kind not in _CHECKS or blob is None:
        raise _no_key()
    _check(kind, blob)
    return line, fingerprint_of(blob)


def fingerprint_of(blob: bytes) -> str:
    """How OpenSSH shows a public key in its binary form: `SHA256:…`."""
    digest = hashlib.sha256(blob).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def _blob(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _check(kind: str, blob: bytes) -> None:
    fields = _fields(blob)
    if fields is None or not fields or fields[0] != kind.encode():
        raise _no_key()
    _CHECKS[kind](fields[1:])


def _fields(blob: bytes) -> list[bytes] | None:
    """The fields of a key: each is four bytes of length, and as many bytes. None where that does not come out."""
    fields: list[bytes] = []
    at = 0
    while at < len(blob):
        end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
        if at + 4 > len(blob) or end > len(blob):
            return None
        fields.append(blob[at + 4 : end])
        at = end
    return fields


def _rsa(fields: list[bytes]) -> None:
    if len(fields) != 2:
        raise _no_key()
    bits = int.from_bytes(fields[1], "big").bit_length()
    if not RSA_BITS_MIN <= bits <= RSA_BITS_MAX:
        raise Invalid(
            content=f"is an RSA key of {bits} bits, it should have {RSA_BITS_MIN} to {RSA_BITS_MAX}"
        )


def _ed25519(fields: list[bytes]) -> None:
    if [len(field) for field in fields] != [_ED25519_BYTES]:
        raise _no_key()


def _ecdsa(curve: str) -> Callable[[list[bytes]], None]:
    def check(fields: list[bytes]) -> None:
        if [fields[0] if fields else b"", *(len(field) for field in fields[1:])] != [
            curve.encode(),
            _POINT_BYTES[curve],
        ]:
            raise _no_key()
        if fields[1][0] != _UNCOMPRESSED:
            raise _no_key()

    return check


_CHECKS: dict[str, Callable[[list[bytes]], None]] = {
    "ssh-rsa": _rsa,
    "ssh-ed25519": _ed25519,
    **{f"ecdsa-sha2-{curve}": _ecdsa(curve) for curve in _POINT_BYTES},
}


def _no_key() -> Invalid:
    return Invalid(
        content="should be a public key as in a .pub file: ssh-ed25519, ecdsa-sha2-nistp… or ssh-rsa"
    )
