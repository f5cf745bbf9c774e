"""Passwords, hashed."""

from headway.domain.accounts.hashing import hashed, matches

PASSWORD = "correct horse \x00 ü \ud800"


async def test_a_password_matches_what_was_made_of_it_and_nothing_else() -> None:
    kept = await hashed(PASSWORD)
    assert PASSWORD not in kept
    assert kept != await hashed(PASSWORD)
    assert await matches(kept, PASSWORD)
    assert not await matches(kept, f"{PASSWORD} ")


async def test_where_nothing_is_kept_nothing_matches() -> None:
    assert not await matches(None, PASSWORD)
    assert not await matches("no hash at all", PASSWORD)
