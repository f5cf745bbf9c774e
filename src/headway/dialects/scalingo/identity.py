"""Where Scalingo's clients put their secret: Bearer with a JWT or an API token, or Basic with it as password."""

from starlette.datastructures import Headers

from headway.web.identity import basic, bearer


def secret(headers: Headers) -> str | None:
    """The API token or JWT that came, or None."""
    header = headers.get("authorization")
    user_and_password = basic(header)
    return user_and_password[1] if user_and_password else bearer(header)
