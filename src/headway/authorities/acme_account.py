"""The account that a platform has with an authority, which knows it by its private key.

One file for each directory, which only its owner may read. Blocks; meant to be called in a thread.
"""

import hashlib
import os
from pathlib import Path

import msgspec
from acme import errors, messages
from acme.client import ClientNetwork, ClientV2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.jwa import ES256
from josepy.jwk import JWKEC
from josepy.util import ComparableECKey

AGENT = "headway"
NETWORK_SECONDS = 30


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    directory: str
    key: str


def client(folder: Path, directory: str, *, email: str = "", roots: str = "") -> ClientV2:
    """A client of the authority, with the account that the folder holds; it is made where there is none.

    `roots` is a file with the certificates that vouch for the authority itself; empty for the machine's.
    """
    file = folder / f"{hashlib.sha256(directory.encode()).hexdigest()[:16]}.json"
    kept = _read(file)
    if kept is None:
        kept = _Kept(directory=directory, key=_new_key())
        # On disk before it is used: an account whose key is lost is of no use to anybody.
        _write(file, kept)
    net = _network(kept, roots)
    made = ClientV2(ClientV2.get_directory(directory, net), net)
    net.account = messages.RegistrationResource(body=messages.Registration(), uri=_registered(made, email))
    return made


def _registered(made: ClientV2, email: str) -> str:
    """Where the authority keeps the account; the same for the same key, however often it is asked for."""
    wanted = messages.NewRegistration.from_data(email=email or None, terms_of_service_agreed=True)
    try:
        return made.new_account(wanted).uri
    except errors.ConflictError as known:
        return known.location


def _network(kept: _Kept, roots: str) -> ClientNetwork:
    private = serialization.load_pem_private_key(kept.key.encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    net = ClientNetwork(
        JWKEC(key=ComparableECKey(private)), alg=ES256, user_agent=AGENT, timeout=NETWORK_SECONDS
    )
    if roots:
        # Handed to requests as it is, which takes a file as well.
        net.verify_ssl = roots  # pyright: ignore[reportAttributeAccessIssue]
    return net


def _new_key() -> str:
    return (
        ec
        .generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


def _read(file: Path) -> _Kept | None:
    return msgspec.json.decode(file.read_bytes(), type=_Kept) if file.exists() else None


def _write(file: Path, kept: _Kept) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_suffix(".new")
    with open(beside, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
        output.write(msgspec.json.encode(kept))
        output.flush()
        os.fsync(output.fileno())
    beside.replace(file)
