"""Certificates: what is accepted as one, and what is told of it."""

import itertools
from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from headway.clock import SECOND
from headway.errors import Invalid

CHAIN_BYTES_MAX, KEY_BYTES_MAX = 64 << 10, 16 << 10
CHAIN_LENGTH_MAX = 10
RSA_BITS = range(2048, 4097)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A chain with its private key, checked: both PEM, with nothing else beside. Times are microseconds UTC."""

    chain: str
    key: str
    not_before: int
    not_after: int

    def __repr__(self) -> str:
        """Nothing of the key: what is shown may end in a log."""
        return f"Pair(not_after={self.not_after})"


class Certificate(msgspec.Struct, frozen=True):
    """One of a domain, as it is told of: without its key. Field order is column order."""

    id: int
    domain_id: int
    own: bool
    """Whether somebody brought it; else it is an authority's."""
    chain: str
    not_before: int
    not_after: int
    created_at: int


def checked(chain: str, key: str, name: str, now: int) -> Pair:
    """The pair; Invalid, naming `tlscert` or `tlskey`, where it cannot be served for that name now."""
    certificates = _certificates(chain)
    leaf = certificates[0]
    _check_key(leaf.public_key(), "tlscert")
    _check_use(leaf, name)
    since, until = _at(leaf.not_valid_before_utc), _at(leaf.not_valid_after_utc)
    if now >= until:
        raise Invalid(tlscert="has expired")
    if now < since:
        raise Invalid(tlscert="is not valid yet")
    _check_order(certificates)
    pem = b"".join(it.public_bytes(serialization.Encoding.PEM) for it in certificates)
    return Pair(chain=pem.decode(), key=_key(key, leaf), not_before=since, not_after=until)


def subject(chain: str) -> str:
    """Whom the first certificate of a chain is for: `CN=www.example.org`."""
    return x509.load_pem_x509_certificate(chain.encode()).subject.rfc4514_string()


def key_kind(chain: str) -> str:
    """The type and length of its key: `RSA - 2048 bits`."""
    key = x509.load_pem_x509_certificate(chain.encode()).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA - {key.key_size} bits"
    return f"ECDSA - {key.key_size} bits" if isinstance(key, ec.EllipticCurvePublicKey) else "unknown"


def _at(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND


def _certificates(chain: str) -> list[x509.Certificate]:
    if len(chain) > CHAIN_BYTES_MAX:
        raise Invalid(tlscert=f"should have at most {CHAIN_BYTES_MAX} bytes")
    try:
        found = x509.load_pem_x509_certificates(chain.encode())
        found[0].public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid(tlscert="should be a certificate, or a chain of them, in PEM format") from error
    if len(found) > CHAIN_LENGTH_MAX:
        raise Invalid(tlscert=f"should have at most {CHAIN_LENGTH_MAX} certificates")
    return found


def _check_key(key: CertificatePublicKeyTypes, field: str) -> None:
    """What the router could not serve it would refuse, and with it all that comes after."""
    match key:
        case rsa.RSAPublicKey() if key.key_size in RSA_BITS:
            return
        case ec.EllipticCurvePublicKey() if isinstance(key.curve, _CURVES):
            return
        case _:
            raise Invalid(**{
                field: "should have an RSA key of 2048 to 4096 bits or an ECDSA one (P-256 to P-521)"
            })


def _check_use(leaf: x509.Certificate, name: str) -> None:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        covered = names.get_values_for_type(x509.DNSName)
        stapled = any(isinstance(it.value, x509.TLSFeature) for it in leaf.extensions)
    except x509.ExtensionNotFound:
        covered, stapled = [], False
    except ValueError as error:
        raise Invalid(tlscert="has extensions that cannot be read") from error
    if stapled:
        raise Invalid(tlscert="demands OCSP stapling, which is not served here")
    if not any(_covers(one.lower(), name) for one in covered):
        raise Invalid(tlscert=f"is not for {name}: that is none of its subject alternative names")


def _covers(pattern: str, name: str) -> bool:
    wildcard, _, rest = pattern.partition(".")
    return pattern == name or (wildcard == "*" and name.partition(".")[2] == rest)


def _check_order(chain: Sequence[x509.Certificate]) -> None:
    try:
        for one, issuer in itertools.pairwise(chain):
            one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise Invalid(
            tlscert="should be followed by those of its issuers, each after the one it signed"
        ) from error


def _key(key: str, leaf: x509.Certificate) -> str:
    if len(key) > KEY_BYTES_MAX:
        raise Invalid(tlskey=f"should have at most {KEY_BYTES_MAX} bytes")
    try:
        found = serialization.load_pem_private_key(key.encode(), password=None)
    except TypeError as error:
        raise Invalid(tlskey="should not be encrypted") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Invalid(tlskey="should be a private key in PEM format") from error
    if found.public_key() != leaf.public_key():
        raise Invalid(tlskey="does not belong to the certificate")
    return found.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
