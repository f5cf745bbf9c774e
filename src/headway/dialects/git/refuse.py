"""How git's dialect says no: a status, and a sentence in plain text."""

from headway import errors
from headway.errors import Refusal
from headway.web.body import Answer, text
from headway.web.refusals import Broken, WrongMethod

STATUS: dict[type[Refusal], int] = {
    Broken: 500,
    WrongMethod: 405,
    errors.Malformed: 400,
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.PaymentRequired: 402,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    Refusal: 400,
}
"""By kind; a kind that is not here is answered as the one it descends from."""


def refuse(refusal: Refusal) -> Answer:
    """In plain text, which git shows for some of them; where it was 401, git asks its user for the token."""
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    match refusal:
        case errors.Unauthenticated():
            headers = {
                "WWW-Authenticate": 'Basic realm="headway: any user, and an API token as the password"'
            }
        case errors.TooMany() | errors.Unavailable():
            headers = {"Retry-After": str(refusal.retry_after)}
        case WrongMethod():
            headers = {"Allow": ", ".join(refusal.allowed)}
        case _:
            headers = {}
    return text(f"{refusal}\n", status, headers)
