"""What is accepted as a certificate, and what is told of it."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from headway.clock import SECOND, SystemClock
from headway.errors import Invalid
from headway.model.certificates import CHAIN_BYTES_MAX, KEY_BYTES_MAX, checked, key_kind, subject
from tests.routers.certificates import Authority, pem, rsa_key

AUTHORITY = Authority()
NAME = "shop.example.org"
NOW = SystemClock().now()
GOOD = AUTHORITY.certificate(NAME)


def refused(chain: str, key: str, name: str = NAME, now: int = NOW) -> str:
    """The one field that is named."""
    with pytest.raises(Invalid) as error:
        checked(chain, key, name, now)
    (field,) = error.value.fields
    return field


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa_key()], ids=["ecdsa", "rsa"])
def test_a_good_pair_is_kept_as_pem_with_nothing_beside(key: object) -> None:
    given = AUTHORITY.certificate(NAME, "www.example.org", key=key)
    pair = checked(f"words before\n{given.key}{given.chain}{AUTHORITY.root}words", given.key, NAME, NOW)
    assert pair.chain == given.chain + AUTHORITY.root
    assert pair.key == given.key
    assert pair.not_before < NOW < pair.not_after
    assert given.key.splitlines()[1] not in repr(pair)


def test_a_wildcard_covers_one_label() -> None:
    given = AUTHORITY.certificate("*.example.org")
    assert checked(given.chain, given.key, NAME, NOW)
    assert refused(given.chain, given.key, "a.shop.example.org") == "tlscert"
    assert refused(given.chain, given.key, "example.org") == "tlscert"


@pytest.mark.parametrize(
    "chain",
    [
        "",
        "no certificate",
        GOOD.key,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "x" * (CHAIN_BYTES_MAX + 1),
        AUTHORITY.root,
        GOOD.chain + AUTHORITY.certificate("other.example.org").chain,
        GOOD.chain + AUTHORITY.root * 10,
    ],
    ids=["empty", "text", "key", "damaged", "long", "no name", "other issuer", "many"],
)
def test_a_wrong_chain_is_refused(chain: str) -> None:
    assert refused(chain, GOOD.key) == "tlscert"


def test_one_for_another_name_or_another_time_is_refused() -> None:
    assert refused(GOOD.chain, GOOD.key, "other.example.org") == "tlscert"
    assert refused(GOOD.chain, GOOD.key, now=NOW + 91 * 86_400 * SECOND) == "tlscert"
    assert refused(GOOD.chain, GOOD.key, now=NOW - 2 * 86_400 * SECOND) == "tlscert"


ENCRYPTED = (
    ec
    .generate_private_key(ec.SECP256R1())
    .private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    .decode()
)


@pytest.mark.parametrize(
    "key",
    ["", "no key", GOOD.chain, AUTHORITY.certificate(NAME).key, ENCRYPTED, "x" * (KEY_BYTES_MAX + 1)],
    ids=["empty", "text", "chain", "another", "encrypted", "long"],
)
def test_a_wrong_key_is_refused(key: str) -> None:
    assert refused(GOOD.chain, key) == "tlskey"


@pytest.mark.parametrize(
    "key", [rsa_key(1024), ed25519.Ed25519PrivateKey.generate()], ids=["short", "edwards"]
)
def test_a_key_that_the_router_could_not_serve_is_refused(key: object) -> None:
    given = AUTHORITY.certificate(NAME, key=key)
    assert refused(given.chain, pem(key)) == "tlscert"


def test_what_is_told_is_whom_it_is_for_and_how_its_key_is() -> None:
    assert (subject(GOOD.chain), key_kind(GOOD.chain)) == (f"CN={NAME}", "ECDSA - 256 bits")
    assert key_kind(AUTHORITY.certificate(NAME, key=rsa_key()).chain) == "RSA - 2048 bits"
