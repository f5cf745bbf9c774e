"""How our own dialect says no: one table from refusal to status and code."""

from headway import errors
from headway.dialects.headway import wire
from headway.ids import show
from headway.web.body import Answer, answer
from headway.web.refusals import Broken, Gone, WrongMethod

SAID: dict[type[errors.Refusal], tuple[int, str]] = {
    Broken: (500, "broken"),
    WrongMethod: (405, "wrong-method"),
    Gone: (410, "gone"),
    errors.Malformed: (400, "malformed"),
    errors.Invalid: (422, "invalid"),
    errors.Unauthenticated: (401, "unauthenticated"),
    errors.PaymentRequired: (402, "payment-required"),
    errors.Forbidden: (403, "forbidden"),
    errors.NotFound: (404, "not-found"),
    errors.Busy: (409, "busy"),
    errors.KeyReused: (409, "key-reused"),
    errors.Stale: (412, "stale"),
    errors.Conflict: (409, "conflict"),
    errors.TooLarge: (413, "too-large"),
    errors.TooMany: (429, "too-many"),
    errors.Unavailable: (503, "unavailable"),
    errors.Refusal: (400, "refused"),
}


def refuse(refusal: errors.Refusal) -> Answer:
    """The refusal as JSON, with the status and headers that belong to it."""
    status, code = next(SAID[kind] for kind in type(refusal).__mro__ if kind in SAID)
    error = wire.Error(
        code=code,
        text=str(refusal),
        fields=refusal.fields if isinstance(refusal, errors.Invalid) else None,
        holder=show(refusal.holder) if isinstance(refusal, errors.Busy) else None,
    )
    return answer(wire.Refused(error=error), status, _headers(refusal))


def _headers(refusal: errors.Refusal) -> dict[str, str]:
    match refusal:
        case errors.TooMany() | errors.Unavailable():
            return {"Retry-After": str(refusal.retry_after)}
        case errors.Unauthenticated():
            return {"WWW-Authenticate": 'Bearer realm="headway"'}
        case WrongMethod():
            return {"Allow": ", ".join(refusal.allowed)}
        case _:
            return {}
