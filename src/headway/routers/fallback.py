"""The certificate that the router serves for names without one of their own: self-signed, made once, kept private."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from headway.clock import SECOND
from headway.routers.memory import private
from headway.routers.port import Certificate

DAYS = 3650
LEFT_DAYS_MIN = 30


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    until: int
    certificate: Certificate


def fallback(file: Path, now: int) -> Certificate:
    """The one in the file; a new one where that is missing or soon over."""
    if file.exists():
        kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        if kept.until > now + LEFT_DAYS_MIN * 86_400 * SECOND:
            return kept.certificate
    kept = _Kept(until=now + DAYS * 86_400 * SECOND, certificate=self_signed("headway.invalid", now))
    beside = file.with_name(f"{file.name}.new")
    with open(beside, "wb", opener=private) as output:
        output.write(msgspec.json.encode(kept))
    beside.replace(file)
    return kept.certificate


def self_signed(name: str, now: int) -> Certificate:
    """A certificate for the name that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    since = datetime.fromtimestamp(now // SECOND, UTC)
    certificate = (
        x509
        .CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since - timedelta(hours=1))
        .not_valid_after(since + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM)
    return Certificate(chain=chain.decode(), key=pem.decode())
