"""Secrets of API tokens."""

from headway.domain.accounts.secret import hash_of, new_secret


def test_no_two_secrets_are_the_same() -> None:
    assert len({new_secret() for _ in range(100)}) == 100


def test_a_secret_is_never_taken_for_a_jwt() -> None:
    assert "." not in new_secret()


def test_what_is_kept_of_a_secret_is_its_sha_256() -> None:
    assert hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_any_text_has_a_hash() -> None:
    assert len(hash_of("\ud800é")) == 64
