"""Signed tokens."""

from pathlib import Path

import jwt
import pytest

from headway.errors import Unauthenticated
from headway.web.jwt import Signer, key_in
from tests.ready_made import HandClock

KEY = b"k" * 64


def test_what_was_signed_is_read_back() -> None:
    signer = Signer(KEY, HandClock())
    assert signer.read("api", signer.sign("api", {"sub": "7"}, 60))["sub"] == "7"


def test_a_token_says_when_it_ends_because_clients_crash_without() -> None:
    clock = HandClock()
    claims = jwt.decode(Signer(KEY, clock).sign("api", {}, 3600), options={"verify_signature": False})
    assert claims["exp"] - clock.now() // 1_000_000 in {3599, 3600}


def test_a_token_for_one_purpose_is_worth_nothing_for_another() -> None:
    signer = Signer(KEY, HandClock())
    with pytest.raises(Unauthenticated):
        signer.read("api", signer.sign("logs", {}, 60))


def test_a_token_ends() -> None:
    clock = HandClock()
    signer = Signer(KEY, clock)
    token = signer.sign("api", {}, 60)
    clock.ahead += 61
    with pytest.raises(Unauthenticated, match="expired"):
        signer.read("api", token)


@pytest.mark.parametrize(
    "token", ["", "a.b.c", "no dots", "é.é.é", jwt.encode({"exp": 1 << 40, "aud": "api"}, "x" * 64)]
)
def test_what_we_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        Signer(KEY, HandClock()).read("api", token)


def test_a_token_without_signature_is_refused() -> None:
    token = jwt.encode({"aud": "api", "exp": 1 << 40}, None, algorithm="none")
    with pytest.raises(Unauthenticated):
        Signer(KEY, HandClock()).read("api", token)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = key_in(tmp_path / "new")
    assert key_in(tmp_path / "new") == key
    assert len(key) == 64
    assert (tmp_path / "new" / "jwt.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["jwt.key"]


def test_a_seal_is_one_texts_for_one_purpose_and_for_ever(tmp_path: Path) -> None:
    signer, other = Signer(b"k" * 64, HandClock()), Signer(b"l" * 64, HandClock())
    seal = signer.seal("attach", "abc")
    assert (len(seal), set(seal) <= set("0123456789abcdef")) == (40, True)
    assert seal == signer.seal("attach", "abc")
    assert seal not in {signer.seal("attach", "abd"), signer.seal("logs", "abc"), other.seal("attach", "abc")}
