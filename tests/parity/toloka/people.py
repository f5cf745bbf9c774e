"""Whom the platform knows: accounts enough for all scenarios, and their tokens."""

ACCOUNTS = 200


def token_of(number: int) -> str:
    """The token of one of them."""
    return f"tk-us-secret-of-{number:03}"


STUDIO = token_of(ACCOUNTS - 1)
"""The token of one that no scenario is given: what others do to their pools does not touch those of the page."""
