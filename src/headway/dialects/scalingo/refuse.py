"""How Scalingo says no: one table, and the extra words that its clients look for."""

from typing import Any

from headway import ids
from headway.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    PaymentRequired,
    Refusal,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from headway.web.body import Answer, answer
from headway.web.refusals import Broken, Gone, NoSuchPath, WrongMethod

STATUS: dict[type[Refusal], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    PaymentRequired: 402,
    Forbidden: 403,
    NotFound: 404,
    WrongMethod: 405,
    Conflict: 409,
    Gone: 410,
    TooLarge: 413,
    Invalid: 422,
    TooMany: 429,
    Broken: 500,
    Unavailable: 503,
    Refusal: 400,
}
"""By kind; a kind that is not here is answered as the one it descends from."""


def refuse(refusal: Refusal) -> Answer:
    """The refusal as the clients read it: always JSON, always with `error`."""
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    return answer(_body(refusal), status, _headers(refusal))


def _body(refusal: Refusal) -> dict[str, Any]:
    match refusal:
        case Invalid():
            # The Go client reads `errors` only, the npm client `error` only.
            return {"errors": refusal.fields, "error": str(refusal)}
        case NoSuchPath():
            return {"error": "not found"}
        case NotFound():
            return {"resource": refusal.noun, "error": "not found"}
        case PaymentRequired():
            return {"error": str(refusal), "name": "free-usage-exceeded", "url": refusal.url}
        case Busy():
            return {"error": str(refusal), "operation": ids.show(refusal.holder)}
        case _:
            return {"error": str(refusal)}


def _headers(refusal: Refusal) -> dict[str, str]:
    match refusal:
        case TooMany() | Unavailable():
            return {"Retry-After": str(refusal.retry_after)}
        case WrongMethod():
            return {"Allow": ", ".join(refusal.allowed)}
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case _:
            return {}
