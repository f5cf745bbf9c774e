"""How Workiva says no: eight bodies by the letter, and the same form for what its documents do not name.

Only where fields of a body are wrong does the answer say more: which, in `details`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from headway import errors
from headway.dialects.workiva import wire
from headway.dialects.workiva.answers import said
from headway.web.body import Answer
from headway.web.refusals import Broken, Gone, WrongMethod

BAD_REQUEST = (
    400,
    "400BadRequest",
    "The request was unacceptable, often due to a missing or invalid parameter",
)
CONFLICT = (409, "409Conflict", "The request conflicts with another request")
SAID: Mapping[type[errors.Refusal], tuple[int, str, str]] = MappingProxyType({
    errors.Malformed: BAD_REQUEST,
    errors.Invalid: BAD_REQUEST,
    errors.Refusal: BAD_REQUEST,
    errors.Unauthenticated: (401, "401Unauthorized", "No valid API token provided"),
    errors.PaymentRequired: (402, "402PaymentRequired", "A limit of free use is reached"),
    errors.Forbidden: (
        403,
        "403Forbidden",
        "The API token does not have permissions to perform the request",
    ),
    errors.NotFound: (404, "404NotFound", "The requested resource could not be found"),
    WrongMethod: (405, "405MethodNotAllowed", "The resource does not support this method"),
    errors.Conflict: CONFLICT,
    Gone: (410, "410Gone", "The resource was switched off, see its successor in the Link header"),
    errors.TooLarge: (413, "413PayloadTooLarge", "The request, or what it asks for, is over a limit of size"),
    errors.TooMany: (
        429,
        "429TooManyRequests",
        "Too many requests have been made against the API in too short a time",
    ),
    Broken: (
        500,
        "500InternalServerError",
        "The server encountered an unexpected condition that prevented it from fulfilling the request",
    ),
    errors.Unavailable: (
        503,
        "503ServiceUnavailable",
        "The server cannot handle the request due to a temporary overload or scheduled maintenance",
    ),
})
"""By kind; a kind that is not here is answered as the one it descends from."""


def refuse(refusal: errors.Refusal) -> Answer:
    """The refusal as JSON, with the status and headers that belong to it."""
    status, code, message = next(SAID[kind] for kind in type(refusal).__mro__ if kind in SAID)
    details = None
    if isinstance(refusal, errors.Invalid):
        found = [(name, text) for name, texts in refusal.fields.items() for text in texts]
        details = [wire.ErrorDetail("invalid", text, name) for name, text in found]
    return said(wire.Error(code=code, message=message, details=details or None), status, _headers(refusal))


def _headers(refusal: errors.Refusal) -> dict[str, str]:
    match refusal:
        case errors.TooMany() | errors.Unavailable():
            return {"Retry-After": str(max(1, refusal.retry_after))}
        case errors.Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case WrongMethod():
            return {"Allow": ", ".join(refusal.allowed)}
        case _:
            return {}
