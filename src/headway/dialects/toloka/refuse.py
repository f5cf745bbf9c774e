"""How Toloka says no: an object with a code, by which its client chooses what to raise.

There is never a `Retry-After`: the vendor's client cannot read one, and dies where it should come again.
"""

from typing import Any

from headway import errors
from headway.dialects.toloka.refused import Refused
from headway.model.fields import FieldError, Unfit, WrongFields, WrongItems
from headway.web.body import Answer
from headway.web.refusals import Broken, WrongMethod

SAID: dict[type[errors.Refusal], tuple[int, str]] = {
    Broken: (500, "INTERNAL_ERROR"),
    WrongMethod: (405, "METHOD_NOT_ALLOWED"),
    errors.Malformed: (400, "VALIDATION_ERROR"),
    errors.Invalid: (400, "VALIDATION_ERROR"),
    errors.Unauthenticated: (401, "AUTHENTICATION_ERROR"),
    errors.PaymentRequired: (409, "NOT_ENOUGH_BALANCE"),
    errors.Forbidden: (403, "ACCESS_DENIED"),
    errors.NotFound: (404, "DOES_NOT_EXIST"),
    errors.Busy: (409, "POOL_LOCKED_BY_ANOTHER_OPERATION"),
    errors.Conflict: (409, "CONFLICT_STATE"),
    errors.TooLarge: (413, "ENTITY_TOO_LARGE"),
    errors.TooMany: (429, "TOO_MANY_REQUESTS"),
    errors.Unavailable: (503, "REMOTE_SERVICE_UNAVAILABLE"),
    errors.Refusal: (400, "VALIDATION_ERROR"),
}
"""By kind; a kind that is not here is answered as the one it descends from."""


def refuse(refusal: errors.Refusal) -> Answer:
    """The refusal as the clients read it."""
    status, code = next(SAID[kind] for kind in type(refusal).__mro__ if kind in SAID)
    said: dict[str, Any] = {"code": code, "message": str(refusal)}
    match refusal:
        case Unfit():
            said |= {"code": word(refusal.code)} | ({"payload": refusal.facts} if refusal.facts else {})
        case WrongItems():
            said["payload"] = {n: fields(errors) for n, errors in refusal.items.items()}
        case WrongFields():
            said["payload"] = fields(refusal.errors)
        case errors.Invalid():
            told = {name: FieldError("invalid-value", " ".join(it)) for name, it in refusal.fields.items()}
            said["payload"] = fields(told)
        case errors.Malformed():
            said["payload"] = fields({"body": FieldError("json-expected", str(refusal))})
        case errors.Busy():
            said["payload"] = {"operation_type": refusal.holder_type.upper()}
        case _:
            pass
    allow = {"Allow": ", ".join(refusal.allowed)} if isinstance(refusal, WrongMethod) else {}
    return Refused(status, said, allow)


def word(code: str) -> str:
    """One of our words for machines as the vendor writes them: `EMPTY_POOL`."""
    return code.upper().replace("-", "_")


def fields(errors: dict[str, FieldError]) -> dict[str, Any]:
    """What is wrong with each field."""
    return {path: {"code": word(it.code), "message": it.message} for path, it in errors.items()}
