"""An authority of the tests' own, and clients that trust nobody else."""

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import NameOID

from headway.routers.envoy_socket import Answer, Connection
from headway.routers.port import Certificate

HOST = "127.0.0.1"


class Authority:
    """Signs what it is asked for."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of the tests")])
        self._root = _signed(self._name, self._name, self._key, self._key, days=90, authority=True)
        self.root = self._root.public_bytes(serialization.Encoding.PEM).decode()

    def certificate(
        self,
        *names: str,
        days: float = 90,
        since_days: float = 1,
        key: CertificateIssuerPrivateKeyTypes | None = None,
        address: str = "",
    ) -> Certificate:
        """One for these names that began `since_days` ago."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        signed = _signed(
            subject,
            self._name,
            key,
            self._key,
            days=days,
            since_days=since_days,
            names=names,
            address=address,
        )
        return Certificate(chain=signed.public_bytes(serialization.Encoding.PEM).decode(), key=pem(key))

    def trust(self) -> ssl.SSLContext:
        """A client that trusts it, and nobody else."""
        return ssl.create_default_context(cadata=self.root)


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem(key: CertificateIssuerPrivateKeyTypes) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    key: CertificateIssuerPrivateKeyTypes,
    by: ec.EllipticCurvePrivateKey,
    *,
    days: float,
    since_days: float = 1,
    names: tuple[str, ...] = (),
    authority: bool = False,
    address: str = "",
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509
        .CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=since_days))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if names:
        wanted: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        wanted += [x509.IPAddress(ipaddress.ip_address(address))] if address else []
        builder = builder.add_extension(x509.SubjectAlternativeName(wanted), critical=False)
    return builder.sign(by, hashes.SHA256())


class TlsClient:
    """Asks a router that listens on `port` of this machine, over TLS."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self.port = port
        self._trust = trust

    async def connect(self, name: str) -> Connection:
        """A connection that was opened for that name; ssl.SSLError where its certificate is not trusted."""
        return Connection(
            *await asyncio.open_connection(HOST, self.port, ssl=self._trust, server_hostname=name)
        )

    async def ask(self, host: str, path: str = "/", method: str = "GET") -> Answer:
        connection = await self.connect(host)
        try:
            return await connection.ask(path, method=method, headers={"Host": f"{host}:{self.port}"})
        finally:
            connection.close()


async def shown(port: int, name: str) -> x509.Certificate:
    """The certificate that is served for a name, trusted or not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection(HOST, port, ssl=context, server_hostname=name)
    try:
        session: ssl.SSLObject = writer.get_extra_info("ssl_object")
        return x509.load_der_x509_certificate(session.getpeercert(binary_form=True) or b"")
    finally:
        writer.close()
